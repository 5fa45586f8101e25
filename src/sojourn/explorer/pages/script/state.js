// The whole state of the page, in its address: short names, unknown keys ignored, unknown values told.
var S = {}, TOLD = []; var VIEWS = ["map", "trend", "ranking", "corridor", "table"], REGIONS = ["", "002", "019", "142", "150", "009"];
var KEYS = ["v", "m", "e", "s", "y", "t", "a", "r", "u", "k", "b", "p", "n", "d", "l", "x"], MOST = 8;
function measure(id) { return I.byId[id]; }
function areaCode(id) { return (I.areas[id] && I.areas[id][0]) || id; }
function areaOf(code) {
  if (has(I.areas, code)) return code;
  return has(I.byCode, code) ? I.byCode[code] : null;
}
function spans(text) {
  var all = [];
  text.split(" ").forEach(function (p) {
    var span = /^(\d{4})-(\d{4})$/.exec(p); if (!span) all.push(p); else for (var y = Number(span[1]); y <= Number(span[2]); y += 1) all.push(String(y));
  });
  return all;
}
function someAreas(text) {
  var parts = text.split(" "), bits = parts[0];
  return I.order.filter(function (a, n) { return parseInt(bits[bits.length - 1 - (n >> 2)] || "0", 16) >> (n & 3) & 1; }).concat(parts.slice(1).map(decodeURIComponent)).sort();
}
function prepare() {
  I.byId = {}; I.byCode = {}; var editions = Object.keys(I.editions), areas = Object.keys(I.areas).sort(); I.order = areas;
  var before = {};
  I.measures.forEach(function (m) {
    if (m.w) { ["d", "i", "s", "e", "t"].forEach(function (k) { if (m[k] === undefined) m[k] = before[k]; }); m.w = (before.w || "").slice(0, m.w[0]) + m.w[1]; }
    before = Object.assign({}, m); var rest = m.i + (m.a ? ";age=" + m.a : "") + (m.w ? ";" + m.w : "") + (m.o ? "~of" : ""), of = I.indicators[m.i];
    m.id = m.d + "/" + rest; m.f = "d/" + m.d + "/" + rest.replace(/[^A-Za-z0-9_=-]/gu, function (c) { return { ";": ".", "~": ".", " ": "+" }[c] || "~" + c.codePointAt(0).toString(16) + "~"; });
    m.g = of[0]; m.u = of[1]; m.k = of[2]; m.n = of[3]; m.p = of[4]; m.t = spans(m.t); m.e = m.e.map(function (n) { return editions[n]; }); I.byId[m.id] = m;
    if (m.b) m.b = someAreas(m.b);
  });
  Object.keys(I.areas).forEach(function (a) { if (I.areas[a][0]) I.byCode[I.areas[a][0]] = a; });
}
function read(hash) {
  var asked = {}, out = { v: 1, a: [] }; TOLD = [];
  hash.replace(/^#/, "").split("&").forEach(function (pair) {
    var at = pair.indexOf("="), key = pair.slice(0, at); if (at < 1 || KEYS.indexOf(key) < 0) return;
    try { asked[key] = decodeURIComponent(pair.slice(at + 1)); } catch (error) { asked[key] = pair.slice(at + 1); }
  });
  function take(key, ok, otherwise) {
    if (!has(asked, key) || asked[key] === "") return otherwise;
    if (ok(asked[key])) return asked[key];
    TOLD.push([key, asked[key].slice(0, 60)]); return otherwise;
  }
  function oneOf(list) { return function (x) { return list.indexOf(x) >= 0; }; }
  if (has(asked, "v") && asked.v !== "1") TOLD.push(["v", asked.v.slice(0, 60)]);
  out.l = take("l", function (x) { return has(I.languages, x); }, null); out.x = take("x", oneOf(["light", "dark"]), "");
  out.d = take("d", function (x) { return /^\d{4}-\d\d-\d\d$/.test(x); }, ""); out.m = take("m", function (x) { return has(I.byId, x); }, I.measures[0].id);
  var m = measure(out.m); out.s = take("s", oneOf(m.s), m.s[0]); out.e = take("e", oneOf(m.e), ""); out.y = take("y", oneOf(m.t), "");
  out.t = take("t", oneOf(VIEWS), "map");
  if (out.t === "corridor" && !hasCorridors(m)) { if (asked.t) TOLD.push(["t", asked.t]); out.t = "map"; }
  out.r = take("r", oneOf(REGIONS), ""); out.u = take("u", oneOf(["per", "level"]), "") === "per" && m.p && I.populations.length ? "per" : "";
  out.k = take("k", oneOf(["to", "from"]), m.o ? "from" : "to"); out.b = take("b", function (x) { return has(I.byId, x) && x !== out.m; }, "");
  out.n = take("n", oneOf(["all", "chosen", "years"]), ""); out.p = take("p", function (x) { return areaOf(x) !== null; }, ""); if (out.p) out.p = areaOf(out.p);
  if (asked.a) asked.a.split(",").slice(0, 40).forEach(function (code) {
    var found = areaOf(code); if (found === null) TOLD.push(["a", code.slice(0, 60)]);
    else if (out.a.indexOf(found) < 0 && out.a.length < MOST) out.a.push(found);
  });
  return out;
}
function hashOf(state) {
  var m = measure(state.m), parts = ["v=1"];
  function put(key, value) { if (value) parts.push(key + "=" + encodeURIComponent(value).replace(/%2F/g, "/").replace(/%3B/g, ";").replace(/%40/g, "@").replace(/%2C/g, ",")); }
  put("m", state.m); put("e", state.e); put("s", state.s !== m.s[0] ? state.s : ""); put("y", state.y); put("t", state.t); put("a", state.a.map(areaCode).join(","));
  put("r", state.r); put("u", state.u); put("k", state.t === "corridor" ? state.k : "");
  put("b", state.b); put("n", state.n); put("p", state.p && areaCode(state.p)); put("d", state.d); put("l", state.l); put("x", state.x); return "#" + parts.join("&");
}
function go(change, replace) {
  var next = {}; Object.keys(S).forEach(function (k) { next[k] = S[k]; }); Object.keys(change).forEach(function (k) { next[k] = change[k]; }); var m = measure(next.m);
  if (has(change, "m")) {
    if (m.s.indexOf(next.s) < 0) next.s = m.s[0];
    next.e = ""; if (m.t.indexOf(next.y) < 0) next.y = ""; if (next.t === "corridor" && !hasCorridors(m)) next.t = "map"; if (!m.p) next.u = ""; if (next.b === next.m) next.b = "";
  }
  if (has(change, "e") && !has(change, "y")) next.y = S.y;
  var hash = hashOf(next);
  if (replace) { history.replaceState(null, "", hash); arrive(); }
  else if (location.hash === hash) arrive();
  else location.hash = hash;
}
// The edition shown: the one asked for, or the newest whole one, on a day if one is named.
function edition() {
  var m = measure(S.m); if (S.e) return S.e; var known = m.e.filter(function (e) { return !S.d || I.editions[e][1] <= S.d; });
  var whole = known.filter(function (e) { return !I.editions[e][7]; }); return whole[0] || known[0] || "";
}
