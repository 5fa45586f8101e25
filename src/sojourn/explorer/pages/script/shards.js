// Shards of numbers: classic scripts, since a page opened from a disk may not fetch.
var WAITING = {};
function load(names, then) {
  var open = names.filter(function (n) { return !has(SHARDS, n); }), left = open.length; if (!left) return then();
  function done() { left -= 1; if (!left) then(); }
  open.forEach(function (name) {
    if (WAITING[name]) { WAITING[name].push(done); return; }
    WAITING[name] = [done]; var script = doc.createElement("script");
    function end() { var all = WAITING[name]; delete WAITING[name]; script.remove(); all.forEach(function (f) { f(); }); }
    script.src = name + ".js"; script.onload = function () {
      var x = SHARDS[name]; function keep(y) { SHARDS[name] = y && y.v === I.v ? unfold(y) : null; end(); }
      if (x && x.z) { delete SHARDS[name]; unpacked(x.z, keep); } else keep(x);
    };
    script.onerror = function () { SHARDS[name] = null; end(); }; doc.head.appendChild(script);
  });
}
// Large shards are deflated, in base 85 (RFC 1924); a browser unpacks them (every one since 2023 does).
var DIGITS = {};
"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~".split("").forEach(function (c, i) { DIGITS[c] = i; });
function bytesOf(text) {
  var short = (5 - text.length % 5) % 5, whole = text + "~".repeat(short), view = new DataView(new ArrayBuffer(whole.length / 5 * 4));
  for (var i = 0, at = 0; i < whole.length; at += 4) { var n = 0; for (var end = i + 5; i < end; i += 1) n = n * 85 + DIGITS[whole[i]]; view.setUint32(at, n); }
  return new Uint8Array(view.buffer, 0, view.byteLength - short);
}
function unpacked(text, then) {
  if (!window.DecompressionStream) return then(null);
  new Response(new Blob([bytesOf(text)]).stream().pipeThrough(new DecompressionStream("deflate-raw"))).text().then(JSON.parse).then(then, function () { then(null); });
}
function shardName(m, sex) { return m.f + "/" + sex; }
function runs(text) {
  var out = [], last = 0;
  if (text) text.split(",").forEach(function (part) {
    var at = part.indexOf("*"), step = Number(at < 0 ? part : part.slice(0, at)), n = at < 0 ? 1 : Number(part.slice(at + 1));
    while (n--) { last += step; out.push(last); }
  });
  return out;
}
function counted(text) {
  var out = [];
  text.split(",").forEach(function (part) {
    var at = part.indexOf("~"), n = at < 0 ? 1 : Number(part.slice(at + 1)), x = at < 0 ? part : part.slice(0, at); while (n--) out.push(x);
  });
  return out;
}
function column(coded, held, periods) {
  if (!coded) return null;
  var kind = coded[0], one = Number(coded[1]), listed = kind === "c" ? null : runs(coded[1]), next = 0, turned = {};
  if (kind === "t") {
    held.map(function (h, i) { return h ? i : -1; }).filter(function (i) { return i >= 0; })
      .sort(function (i, j) { return i % periods - j % periods || i - j; }).forEach(function (i, k) { turned[i] = listed[k]; });
  }
  return held.map(function (h, i) {
    if (!h) return null;
    if (kind === "c") return one;
    if (kind === "t") return turned[i];
    if (kind === "f") return listed[next++];
    return listed[kind === "p" ? i % periods : Math.floor(i / periods)];
  });
}
function unfold(shard) {
  shard.at = {}; shard.of = {}; shard.areas = someAreas(shard.areas); shard.periods = spans(shard.periods); shard.areas.forEach(function (a, i) { shard.at[a] = i; });
  shard.periods.forEach(function (p, i) { shard.of[p] = i; }); return shard;
}
function decoded(shard, key) {
  var grid = shard.e[key]; if (!grid || grid.done) return grid && grid.done;
  var raw = counted(grid.v), width = shard.periods.length, held = raw.map(function (x) { return x !== ""; });
  var made = { raw: raw, held: held, width: width, value: [], status: [] };
  raw.forEach(function (x, i) {
    if (x !== "" && !isNaN(x)) { made.value[i] = Number(x); made.status[i] = "A"; return; }
    var found = /^(-?[\d.]+(?:e[-+]?\d+)?)?(.*)$/.exec(x); made.value[i] = found[1] === undefined ? null : Number(found[1]); made.status[i] = found[2] || "A";
  });
  grid.done = made; return made;
}
function where(shard, key, i) {
  var grid = shard.e[key], made = grid.done; if (!made.s) ["s", "r", "c", "a", "n", "l"].forEach(function (k) { made[k] = column(grid[k], made.held, made.width); });
  ["lo", "hi"].forEach(function (k) { if (grid[k] && !made[k]) made[k] = counted(grid[k]); }); var sheet = shard.sheets[made.s[i]], about = shard.abouts[made.a[i]];
  return {
    file: sheet[0], sheet: sheet[1], row: made.r[i], col: made.c[i], criterion: about[0], note: about[1],
    n: made.n ? made.n[i] : 1, lacking: made.l ? made.l[i] : 0,
    lower: made.lo && made.lo[i] !== "" ? Number(made.lo[i]) : null, upper: made.hi && made.hi[i] !== "" ? Number(made.hi[i]) : null
  };
}
// One cell: its value and status, and by which shard and place it is found again; null where there is none.
function cell(shard, key, area, period) {
  var made = shard && decoded(shard, key); if (!made || shard.at[area] === undefined || shard.of[period] === undefined) return null;
  var i = shard.at[area] * made.width + shard.of[period];
  return made.held[i] ? { shard: shard, key: key, i: i, area: area, period: period, v: made.value[i], s: made.status[i] } : null;
}
function letters(n) { var out = ""; while (n > 0) { n -= 1; out = String.fromCharCode(65 + n % 26) + out; n = Math.floor(n / 26); } return out; }
function address(c) {
  var w = where(c.shard, c.key, c.i); if (!w.row) return ""; return c.key.split("|")[0] + "#" + (w.sheet ? w.sheet + "!" : "") + letters(w.col) + w.row;
}
// The population that a number stands over, found as `sojourn table --per population` finds it.
function population(area, sex, period) {
  for (var k = 0; k < I.populations.length; k += 1) {
    var m = measure(I.populations[k]), shard = SHARDS[shardName(m, sex)];
    for (var j = 0; shard && j < m.e.length; j += 1) {
      var found = cell(shard, m.e[j], area, period);
      if (found && found.v !== null) return found;
      if (found && saysAny(shard, m.e[j], period)) break;
    }
  }
  return null;
}
// Whether an edition has any number of a period: one that has none withholds nothing.
function saysAny(shard, key, period) {
  var made = decoded(shard, key), of = shard.of[period];
  made.any = made.any || {};
  if (made.any[of] === undefined) made.any[of] = made.value.some(function (v, i) { return v !== null && i % made.width === of; });
  return made.any[of];
}
function populationShards(sex) { return I.populations.map(measure).filter(function (m) { return m.s.indexOf(sex) >= 0; }).map(function (m) { return shardName(m, sex); }); }
// A code that no list of areas knows is a group of its publisher: countries are never guessed.
function isPlace(a) { return Boolean(I.areas[a]) && I.areas[a][1] !== "g"; }
// Others, the unknown and the stateless are numbers of no place: they are shown and have no rank.
function isNamed(a) { return !I.areas[a] || I.areas[a][1] !== "r"; }
// Ranks from the largest, by place; equal numbers have one rank, as in `sojourn table --rank`.
function ranksOf(rows) {
  var named = rows.filter(function (r) { return r.v !== null && isNamed(r.area); }).sort(function (x, y) { return y.v - x.v; }), at = {}, same = {}, before = null, rank = 0;
  named.forEach(function (r, i) { if (r.v !== before) { rank = i + 1; before = r.v; } at[r.area] = rank; same[rank] = (same[rank] || 0) + 1; });
  return { at: at, same: same, n: named.length, first: named[0] };
}
function inRegion(a) { return !S.r || (I.areas[a] && I.areas[a][2] === S.r); }
// A number as it is shown: the level, or the level per 1,000 inhabitants.
function figure(shard, key, area, period) {
  var found = cell(shard, key, area, period); if (!found || !S.u) return found;
  var below = population(area, S.s, period), made = Object.assign({}, found, { level: found.v, below: below });
  made.v = found.v === null || !below || !below.v ? null : 1000 * found.v / below.v; if (found.v !== null && made.v === null) made.s = "per"; return made;
}
function unit() {
  var m = measure(S.m); return S.u ? { n: 1, u: "PER_1000", id: m.id } : m;
}
// What sojourn estimated is printed by no publisher.
function isOurs(key) { return /^sojourn\./.test(key); }
function reason(c) { return c ? (c.v === null || c.s !== "A" ? t("status_" + c.s) : "") : t("no_cell"); }
// Every place of a year with its number, largest first; those without one last, by name.
function listed(key, period) {
  var m = measure(S.m), shard = SHARDS[shardName(m, S.s)]; if (!shard) return [];
  var rows = shard.areas.filter(function (a) { return isPlace(a) && inRegion(a); })
    .map(function (a) { return figure(shard, key, a, period); }).filter(Boolean);
  return rows.sort(function (x, y) {
    if (x.v === null || y.v === null) return (x.v === null) - (y.v === null) || areaName(x.area).localeCompare(areaName(y.area), L);
    return y.v - x.v || (x.area < y.area ? -1 : 1);
  });
}
function yearsOf(key) {
  var m = measure(S.m), shard = SHARDS[shardName(m, S.s)], made = shard && decoded(shard, key), counts = {}; if (!made) return { all: [], best: "" }; if (made.years) return made.years;
  made.value.forEach(function (v, i) {
    if (v !== null && isPlace(shard.areas[Math.floor(i / made.width)])) { var p = shard.periods[i % made.width]; counts[p] = (counts[p] || 0) + 1; }
  });
  var all = shard.periods.filter(function (p) { return counts[p]; }), most = Math.max.apply(null, [0].concat(Object.values(counts)));
  var last = I.editions[key] ? Number(I.editions[key][1].slice(0, 4)) : 9999; var past = all.filter(function (p) { return yearOf(p) <= last; });
  var full = past.filter(function (p) { return counts[p] >= most / 2; }); made.years = { all: all, best: full[full.length - 1] || past[past.length - 1] || all[0] || "" }; return made.years;
}
