// The map: classes of one ramp, no data hatched with its reason, small places as rings, borders apart.
var SMALL = 14;
function txt(x, y, words, size, anchor, fill, weight) {
  return '<text x="' + x.toFixed(1) + '" y="' + y.toFixed(1) + '" font-size="' + size + '"' + (anchor ? ' text-anchor="' + anchor + '"' : "") +
    (fill ? ' fill="var(--sj-' + fill + ')"' : "") + (weight ? ' font-weight="' + weight + '"' : "") + ">" + esc(words) + "</text>";
}
function widthOf(words, size) { return words.length * 0.56 * size; }
function svg(width, height, label, body) {
  return '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ' + width + " " + height.toFixed(0) + '" width="' + width + '" height="' + height.toFixed(0) +
    '" role="img" direction="ltr" fill="var(--sj-ink)" aria-label="' + esc(label) + '">' + body + "</svg>";
}
// The area whose number a shape wears: its own, or the one that its publisher counts it with.
function owner(area, known) { return has(known, area) ? area : (I.counted[area] || area); }
function held(edition, area, year) {
  return I.holds.filter(function (h) {
    return h[1] === area && edition.indexOf(h[0]) === 0 && (h[2] === null || h[2] <= year) && (h[3] === null || year <= h[3]);
  });
}
function hatching(id, scale) {
  return '<pattern id="' + id + '" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45) scale(' + scale.toFixed(3) + ')"><rect width="5" height="5" fill="var(--sj-wash)"/>' +
    '<line x1="0" y1="0" x2="0" y2="5" stroke="var(--sj-hatch)" stroke-width="1.6"/></pattern>';
}
function mapView(rows, key, width, label) {
  var m = unit(), known = {}, values = {}, all = []; rows.forEach(function (r) { known[r.area] = r; if (r.v !== null) { values[r.area] = r.v; all.push(r.v); } });
  if (!all.length) return null;
  var breaks = classBreaks(all), colours = ramp(all), box = S.r ? I.boxes[S.r] : [0, 0, MAP.w, MAP.h - 25];
  var k = width / box[2], high = Math.max(box[3] * k, 120), body = [], land = [], hatch = "url(#sj-land)";
  function fill(area) {
    var v = values[owner(area, known)];
    if (v === undefined && !inRegion(area)) return "var(--sj-wash)"; // not asked for is not "no data"
    return v === undefined ? hatch : "var(--sj-" + colours[classOf(breaks, v)] + ")";
  }
  Object.keys(MAP.paths).forEach(function (area) {
    land.push('<path d="' + MAP.paths[area] + '" fill="' + fill(area) + '" data-a="' + owner(area, known) + '"' +
      (S.a.indexOf(area) >= 0 ? ' class="on"' : "") + "/>");
  });
  var dash = { dashed: "4 3", dotted: "1 2.5" };
  var lines = Object.keys(MAP.lines).sort().map(function (style) {
    return '<path d="' + MAP.lines[style] + '" fill="none" stroke="var(--sj-ink)" stroke-width="' + (0.9 / Math.max(k, 0.6)).toFixed(2) + '" stroke-dasharray="' + dash[style] + '"/>';
  });
  var rings = Object.keys(values).map(function (area) {
    var centre = MAP.centres[area], at = centre || (I.areas[area] && I.areas[area][3]); if (!at || (centre && centre[2] * k * k >= SMALL)) return "";
    return '<circle cx="' + ((at[0] - box[0]) * k).toFixed(1) + '" cy="' + ((at[1] - box[1]) * k).toFixed(1) + '" r="' + (width > 600 ? 3 : 2) +
      '" fill="' + fill(area) + '" data-a="' + area + '"/>';
  });
  body.push('<defs>' + hatching("sj-hatch", 1) + hatching("sj-land", 1 / k) + '<clipPath id="sj-clip"><rect width="' + width + '" height="' + high.toFixed(0) + '"/></clipPath></defs>');
  body.push('<g clip-path="url(#sj-clip)"><g class="land" transform="scale(' + k.toFixed(4) + ") translate(" + -box[0] + " " + -box[1] + ')" stroke="var(--sj-paper)" stroke-width="' +
    (0.5 / Math.max(k, 0.6)).toFixed(2) + '">' + land.join("") + "</g>" + '<g transform="scale(' + k.toFixed(4) + ") translate(" + -box[0] + " " + -box[1] + ')">' + lines.join("") + "</g>" +
    '<g class="rings" stroke="var(--sj-ink)" stroke-width=".6">' + rings.join("") + "</g></g>");
  var legend = classLegend(breaks, colours, width, high + 14, m);
  var lost = rows.filter(function (r) { return r.v !== null && !MAP.centres[r.area] && !(I.areas[r.area] && I.areas[r.area][3]); }); var y = legend[1];
  if (lost.length) wrap(t("map.beside") + " " + lost.map(function (r) { return areaName(r.area) + ": " + shown(r.v, m); }).join("; "), width, 11.5).forEach(function (line) { body.push(txt(2, y + 12, line, 11.5, "", "soft")); y += 15; });
  return { svg: svg(width, y + 4, label, body.join("") + legend[0]), breaks: breaks };
}
function classLegend(breaks, colours, width, y, m) {
  var narrow = width < 600, step = narrow ? Math.min((width - 12) / 6, 60) : 84, body = [], left = narrow ? 4 : 2;
  colours.forEach(function (colour, i) {
    body.push('<rect x="' + (left + i * step) + '" y="' + y + '" width="' + step + '" height="11" fill="var(--sj-' + colour + ')"/>');
    if (i) body.push(txt(left + i * step, y + 25, limit(breaks[i - 1], m, narrow), narrow ? 10 : 11.5, "middle"));
  });
  var x = narrow ? left : left + 6 * step + 26, row = narrow ? y + 36 : y;
  body.push('<rect x="' + x + '" y="' + row + '" width="26" height="11" fill="url(#sj-hatch)" stroke="var(--sj-hatch)" stroke-width=".5"/>');
  body.push(txt(x + 33, row + 10, t("no_data"), 11.5)); return [body.join(""), (narrow ? row : y) + 32];
}
function limit(value, m, narrow) {
  if (Math.abs(value) < 1e6 || !narrow) return Math.abs(value) >= 1e6 ? short(value, m).replace(/[.,]0(?=\u00a0)/, "") : shown(value, m);
  return new Intl.NumberFormat(L, { notation: "compact", maximumFractionDigits: 1 }).format(value);
}
function wrap(words, width, size) {
  var lines = [""];
  words.split(" ").forEach(function (w) {
    var joined = (lines[lines.length - 1] + " " + w).trim();
    if (widthOf(joined, size) > width && lines[lines.length - 1]) lines.push(w); else lines[lines.length - 1] = joined;
  });
  return lines;
}
