// The trend: one line a place, every other edition of it thin and dashed, breaks not joined.
function ticks(low, high, most) {
  var rough = (high - low || Math.abs(high) || 1) / most, power = Math.pow(10, Math.floor(Math.log10(rough)));
  var step = [1, 2, 2.5, 5, 10].map(function (f) { return f * power; }).filter(function (s) { return s >= rough * 0.999; })[0];
  var out = [], k = Math.floor(low / step + 1e-9); do { out.push(Number((k * step).toPrecision(12))); k += 1; } while (out[out.length - 1] < high - step * 1e-9);
  return out;
}
function spread(wanted, gap, low, high) {
  var order = wanted.map(function (w, i) { return i; }).sort(function (a, b) { return wanted[a] - wanted[b]; }), blocks = [], out = [];
  order.forEach(function (i, rank) {
    var block = [wanted[i] - rank * gap, 1];
    while (blocks.length && blocks[blocks.length - 1][0] > block[0]) {
      var last = blocks.pop(); block = [(last[0] * last[1] + block[0] * block[1]) / (last[1] + block[1]), last[1] + block[1]];
    }
    blocks.push(block);
  });
  var flat = []; blocks.forEach(function (b) { for (var i = 0; i < b[1]; i += 1) flat.push(b[0]); });
  order.forEach(function (i, rank) { out[i] = Math.max(Math.min(flat[rank], high - (flat.length - 1) * gap), low) + rank * gap; }); return out;
}
// The series of places: points of the edition shown, then those of the others, newest first.
function seriesOf(m, places, key) {
  var shard = SHARDS[shardName(m, m.s.indexOf(S.s) >= 0 ? S.s : m.s[0])], out = []; if (!shard) return out;
  places.forEach(function (area, i) {
    m.e.filter(function (e) { return shard.e[e] && (!S.d || I.editions[e][1] <= S.d); }).forEach(function (e) {
      var points = shard.periods.map(function (p) { return S.m === m.id ? figure(shard, e, area, p) : cell(shard, e, area, p); }).filter(Boolean);
      if (points.some(function (c) { return c.v !== null; })) out.push({ area: area, edition: e, colour: places.length === 1 ? "accent" : SERIES[i % 6], main: e === key, points: points });
    });
  });
  out.filter(function (s) { return !s.main && !out.some(function (o) { return o.main && o.area === s.area; }); })
    .forEach(function (s, i, left) { if (left.map(function (o) { return o.area; }).indexOf(s.area) === i) s.main = true; });
  return out;
}
function trendView(series, m, width, label, tall) {
  var values = [], times = []; series.forEach(function (s) { s.points.forEach(function (c) { if (c.v !== null) { values.push(c.v); times.push(yearOf(c.period)); } }); });
  if (!values.length) return null;
  var first = Math.min.apply(null, times), last = Math.max.apply(null, times), narrow = width < 600;
  var steps = ticks(Math.min(0, Math.min.apply(null, values)), Math.max(0, Math.max.apply(null, values)), narrow ? 3 : 5);
  var mains = series.filter(function (s) { return s.main; });
  function lastOf(s) { var known = s.points.filter(function (c) { return c.v !== null; }); return known[known.length - 1]; }
  var labels = steps.map(function (v) { return short(v, m).replace(/[.,]0(?=\u00a0)/, ""); });
  var left = Math.max.apply(null, labels.map(function (x) { return widthOf(x, 12); })) + 8;
  var named = mains.map(function (s) { return wrap(areaName(s.area), 178, 12.5); });
  var right = narrow ? 14 : 205, top = 14 + (narrow ? 20 * mains.length : 0), high = (tall || (narrow ? 260 : 430)) + (narrow ? 20 * mains.length : 0), bottom = high - 30;
  function x(c) { return left + (width - left - right) * (yearOf(c.period) - first) / (last - first || 1); }
  function y(v) { return bottom - (bottom - top) * (v - steps[0]) / (steps[steps.length - 1] - steps[0] || 1); }
  var body = [];
  steps.forEach(function (v, i) {
    body.push('<line x1="' + left.toFixed(1) + '" x2="' + (width - right + 6) + '" y1="' + y(v).toFixed(1) + '" y2="' + y(v).toFixed(1) + '" stroke="var(--sj-' + (v === 0 ? "soft" : "rule") + ')"/>');
    body.push(txt(left - 7, y(v) + 4, labels[i], 12, "end", "soft"));
  });
  var taken = -99;
  uniq(times).sort(function (a, b) { return a - b; }).forEach(function (year, i, all) {
    var at = x({ period: String(year) }), end = x({ period: String(last) }); if ((at - taken < 44 || end - at < 44) && i !== all.length - 1) return;
    taken = at; body.push(txt(at, high - 8, String(year), 12, "middle", "soft"));
  });
  series.slice().sort(function (a, b) { return a.main - b.main; }).forEach(function (s) {
    var d = "", pen = false;
    s.points.forEach(function (c) {
      if (c.v === null) { pen = false; return; }
      if (c.s === "B") pen = false;
      d += (pen ? "L" : "M") + x(c).toFixed(1) + "," + y(c.v).toFixed(1); pen = true;
    });
    body.push('<path d="' + d + '" fill="none" stroke="var(--sj-' + s.colour + ')" ' + (s.main ? 'stroke-width="2.4"' : 'stroke-width="1.3" stroke-dasharray="4 3" stroke-opacity=".75"') + ' stroke-linejoin="round"/>');
    var many = s.points.length > 30;
    s.points.forEach(function (c, i) {
      if (c.v === null) return;
      var ring = c.s === "B" ? ' fill="var(--sj-paper)" stroke="var(--sj-' + s.colour + ')" stroke-width="2"' : ' fill="var(--sj-' + s.colour + ')"';
      body.push('<circle cx="' + x(c).toFixed(1) + '" cy="' + y(c.v).toFixed(1) + '" r="' + (c.s === "B" ? 4.5 : s.main ? (many ? 1.8 : 3.6) : 2) + '"' + ring + ' data-a="' + s.area + '" data-e="' + s.edition + '" data-y="' + c.period + '"/>');
    });
  });
  var ends = spread(mains.map(function (s) { return y(lastOf(s).v); }), narrow ? 17 : 36, top + 4, bottom);
  mains.forEach(function (s, i) {
    var end = lastOf(s), told = short(end.v, m);
    if (narrow) {
      body.push('<line x1="0" x2="16" y1="' + (10 + 20 * i) + '" y2="' + (10 + 20 * i) + '" stroke="var(--sj-' + s.colour + ')" stroke-width="2.6"/>');
      body.push(txt(22, 14 + 20 * i, areaName(s.area) + " " + told, 12.5, "", "", 600)); return;
    }
    var at = width - right + 14;
    if (x(end) < at - 20) body.push('<line x1="' + (x(end) + 5).toFixed(1) + '" y1="' + y(end.v).toFixed(1) + '" x2="' + (at - 4) + '" y2="' + ends[i].toFixed(1) + '" stroke="var(--sj-rule)"/>');
    named[i].slice(0, 1).forEach(function (part) { body.push(txt(at + 15, ends[i] - 1, named[i].length > 1 ? part + " …" : part, 12.5, "", "", 600)); });
    body.push('<line x1="' + at + '" x2="' + (at + 11) + '" y1="' + (ends[i] - 5).toFixed(1) + '" y2="' + (ends[i] - 5).toFixed(1) + '" stroke="var(--sj-' + s.colour + ')" stroke-width="3"/>');
    body.push(txt(at + 15, ends[i] + 14, told + " (" + end.period.slice(0, 4) + ")", 12, "", "soft"));
  });
  return { svg: svg(width, high, label, body.join("")) };
}
function sparkline(points, width, height) {
  var known = points.filter(function (c) { return c.v !== null; }); if (known.length < 2) return "";
  var values = known.map(function (c) { return c.v; }), low = Math.min(0, Math.min.apply(null, values)), high = Math.max.apply(null, values) || 1;
  var a = yearOf(known[0].period), b = yearOf(known[known.length - 1].period);
  var d = known.map(function (c, i) { return (i ? "L" : "M") + (2 + (width - 4) * (yearOf(c.period) - a) / (b - a || 1)).toFixed(1) + "," + (height - 2 - (height - 4) * (c.v - low) / (high - low || 1)).toFixed(1); }).join("");
  return '<svg class="spark" aria-hidden="true" width="' + width + '" height="' + height + '" viewBox="0 0 ' + width + " " + height + '"><path d="' + d + '" fill="none" stroke="var(--sj-accent)" stroke-width="1.6"/></svg>';
}
