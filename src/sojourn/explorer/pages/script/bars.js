// Ranking, and corridors: a ranked list and the same over the years as a heat map.
var FIRST = 20;
function barsView(rows, m, width, label, chosen, bare) {
  var known = rows.filter(function (r) { return r.v !== null; }), most = Math.max.apply(null, known.map(function (r) { return Math.abs(r.v); }).concat([0])) || 1;
  var ranks = ranksOf(known).at, ranked = known.map(function (r, i) { return { r: r, rank: i + 1 }; }), narrow = width < 600, row = narrow ? 36 : 27, y = 2, body = [];
  var kept = S.n === "all" ? ranked : ranked.filter(function (x) { return x.rank <= FIRST || chosen.indexOf(x.r.area) >= 0; });
  var told = kept.map(function (x) { return shown(x.r.v, m); }), room = Math.max.apply(null, told.map(function (x) { return widthOf(x, 12.5); }).concat([20]));
  var left = narrow ? 30 : Math.min(Math.max.apply(null, kept.map(function (x) { return widthOf(areaName(x.r.area), 13); }).concat([60])) + 46, 330);
  var negative = kept.some(function (x) { return x.r.v < 0; }), span = width - left - room - 16, zero = negative ? left + span / 2 : left, scale = (negative ? span / 2 : span) / most, before = 0;
  kept.forEach(function (x, i) {
    var on = chosen.indexOf(x.r.area) >= 0, top = y + (narrow ? 17 : 5), long = Math.abs(x.r.v) * scale;
    if (x.rank > before + 1) { body.push(txt(left, y + 12, "⋯", 14, "", "soft")); y += 18; top += 18; }
    before = x.rank;
    body.push('<g data-a="' + x.r.area + '" class="bar' + (on ? " on" : "") + '"><rect x="0" y="' + y + '" width="' + width + '" height="' + row + '" fill="transparent"/>');
    body.push(txt(narrow ? 22 : 26, y + (narrow ? 13 : 18), has(ranks, x.r.area) ? String(ranks[x.r.area]) : "", 11.5, "end", "soft")); var name = areaName(x.r.area), most_ = Math.floor((left - 46) / 7.1);
    if (!narrow && name.length > most_) name = name.slice(0, most_ - 1) + "…";
    body.push(narrow ? txt(left, y + 13, name, 12.5, "", "", on ? 600 : "") : txt(left - 10, y + 18, name, 13, "end", "", on ? 600 : ""));
    body.push('<rect class="fill" x="' + (x.r.v < 0 ? zero - long : zero).toFixed(1) + '" y="' + top + '" width="' + Math.max(long, 0.5).toFixed(1) + '" height="' + (narrow ? 13 : 17) + '" fill="var(--sj-' + (on ? "c1" : x.r.v < 0 ? "d2" : "accent") + ')"/>');
    body.push(txt(x.r.v < 0 ? zero + 6 : zero + long + 6, top + (narrow ? 11 : 13), told[i], 12.5, "", "", on ? 600 : "") + "</g>"); y += row;
  });
  if (!bare) body.push('<line x1="' + zero + '" x2="' + zero + '" y1="2" y2="' + (y - 2) + '" stroke="var(--sj-soft)"/>');
  return { svg: svg(width, y + 6, label, body.join("")), all: known.length };
}
// The other ends of a place's corridors: the largest of a year, and their years side by side.
function corridorShard() {
  var m = corridorMeasure(), place = corridorPlace(); return m && place ? m.f + "/" + place : "";
}
function corridorsOf(m, role) {
  var found = I.measures.filter(function (x) { return x.i === m.i && x.b && (x.o || 0) === role && x.a === m.a && x.w === m.w; });
  return found.filter(function (x) { return x.d === m.d; })[0] || found[0];
}
function hasCorridors(m) { return Boolean(corridorsOf(m, 0) || corridorsOf(m, 1)); }
function corridorMeasure() { return corridorsOf(measure(S.m), S.k === "from" ? 1 : 0); }
function corridorPlace() {
  var m = corridorMeasure(); if (!m) return ""; var own = S.a.filter(function (a) { return m.b.indexOf(a) >= 0; })[0]; if (own || S.a.length) return own || "";
  var top = listed(edition(), year()).filter(function (r) { return r.v !== null && m.b.indexOf(r.area) >= 0; })[0]; return (top && top.area) || m.b[0];
}
function corridorRows(shard, key, period) {
  if (!shard) return [];
  return shard.areas.map(function (a) { return cell(shard, key, a, period); }).filter(Boolean)
    .sort(function (x, y) { return (x.v === null) - (y.v === null) || y.v - x.v || (x.area < y.area ? -1 : 1); });
}
function corridorKey(m, shard) {
  var key = edition(), by = S.s === "_T" ? "" : "|" + S.s; if (shard.e[key + by]) return key + by; var other = m.e.filter(function (e) { return shard.e[e + by]; })[0];
  return other ? other + by : Object.keys(shard.e)[0];
}
function heatView(shard, key, rows, m, width, label) {
  var top = rows.filter(function (r) { return r.v; }).slice(0, 15), periods = shard.periods.filter(function (p) { return shard.areas.some(function (a) { var c = cell(shard, key, a, p); return c && c.v !== null; }); });
  var most = Math.max(1, Math.floor((width - 150) / (width < 600 ? 34 : 66))); if (periods.length > most) periods = periods.slice(-most);
  if (!top.length || periods.length < 2) return "";
  var values = [], left = width < 600 ? 120 : 200, step = (width - left) / periods.length, body = [];
  top.forEach(function (r) { periods.forEach(function (p) { var c = cell(shard, key, r.area, p); if (c && c.v !== null) values.push(c.v); }); });
  var breaks = classBreaks(values), colours = ramp(values);
  periods.forEach(function (p, i) { body.push(txt(left + (i + 0.5) * step, 12, periodName(p).slice(0, 9), 11.5, "middle", "soft")); });
  top.forEach(function (r, j) {
    var y = 20 + j * 24, name = areaName(r.area), fit = Math.floor((left - 10) / 6.8);
    body.push(txt(left - 8, y + 15, name.length > fit ? name.slice(0, fit - 1) + "…" : name, 12, "end"));
    periods.forEach(function (p, i) {
      var c = cell(shard, key, r.area, p), none = !c || c.v === null, k = none ? 0 : classOf(breaks, c.v);
      body.push('<g data-a="' + r.area + '" data-y="' + p + '"><rect x="' + (left + i * step + 1).toFixed(1) + '" y="' + y + '" width="' + (step - 2).toFixed(1) + '" height="22" fill="' + (none ? "var(--sj-wash)" : "var(--sj-" + colours[k] + ")") + '"/>' +
        (width < 600 ? "" : '<text x="' + (left + (i + 0.5) * step).toFixed(1) + '" y="' + (y + 15) + '" font-size="10.5" text-anchor="middle" fill="var(--sj-' + (none ? "soft" : k >= 3 ? "paper" : "ink") + ')">' + esc(none ? "–" : digits(c.v, 0)) + "</text>") + "</g>");
    });
  });
  return svg(width, 24 + top.length * 24, label, body.join(""));
}
