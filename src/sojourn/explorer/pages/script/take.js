// Taking away exactly what is shown: CSV, JSON, SVG, PNG, a zip of the measure, a line of code.
var VIEW = { rows: [], svg: null, other: "" };
var COLUMNS = ["measure", "area", "iso3", "area_name", "counterpart", "period", "sex", "edition", "value", "status", "cells", "without_number", "cell", "lower", "upper"];
function permalink() { return location.href.split("#")[0] + hashOf(Object.assign({}, S, { e: S.e || edition(), y: S.y || year() })); }
function heading() {
  var key = edition(), told = I.editions[key];
  return [[t("head_title"), $("title").textContent], [t("card.edition"), told[3] + " " + key + (told[9] ? ". " + partWords(key) : "")], [t("licence"), told[5]], [t("cite"), citeText(viewCitation())], [t("head_link"), permalink()]];
}
function record(c, m, sex, other) {
  var w = where(c.shard, c.key, c.i), key = c.key.split("|");
  return [m.id + (c.below ? " / 1000 population" : ""), c.area, (I.areas[c.area] || [""])[0], areaName(c.area), other || "", c.period, key[1] || sex, key[0], c.v, c.s === "per" ? "" : c.s, w.n, w.lacking, address(c), c.below ? null : w.lower, c.below ? null : w.upper];
}
function defused(value) {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  var safe = /^[=+\-@\t\r]/.test(value) ? "'" + value : value; return /[",\r\n]/.test(safe) ? '"' + safe.replace(/"/g, '""') + '"' : safe;
}
function csvOf(records, lines) {
  return lines.map(function (x) { return "# " + x[0] + ": " + String(x[1]).replace(/[\r\n]+/g, " ") + "\r\n"; }).join("") +
    [COLUMNS].concat(records).map(function (r) { return r.map(defused).join(",") + "\r\n"; }).join("");
}
function records() {
  var m = VIEW.measure || measure(S.m); return VIEW.rows.map(function (c) { return record(c, m, VIEW.sex, VIEW.other); });
}
function jsonOf() {
  var out = {}; heading().forEach(function (x, i) { out[["title", "edition", "licence", "citation", "permalink"][i]] = x[1]; });
  out.columns = COLUMNS; out.rows = records(); return JSON.stringify(out, null, 1) + "\n";
}
function drawing() {
  if (!VIEW.svg) return "";
  var found = VIEW.svg, size = /viewBox="0 0 (\S+) (\S+)"/.exec(found), width = Number(size[1]), high = Number(size[2]), y = 26, body = [];
  wrap($("title").textContent, width, 17).forEach(function (x) { body.push(txt(16, y, x, 17, "", "", 600)); y += 22; });
  wrap($("finding").textContent, width, 13).forEach(function (x) { body.push(txt(16, y, x, 13, "", "soft")); y += 18; });
  body.push('<g transform="translate(16 ' + y + ')">' + found.replace(/^<svg[^>]*>|<\/svg>$/g, "") + "</g>"); y += high + 16;
  [$("source").textContent, S.t === "map" ? t("map.borders") : "", permalink()].forEach(function (x) {
    wrap(x, width, 10.5).forEach(function (line) { if (line) { body.push(txt(16, y, line, 10.5, "", "soft")); y += 14; } });
  });
  var total = y + 8, css = getComputedStyle(doc.documentElement);
  return ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ' + (width + 32) + " " + total + '" width="' + (width + 32) + '" height="' + total + '" fill="var(--sj-ink)" font-family="\'Noto Sans\', system-ui, sans-serif"><title>' +
    esc($("title").textContent) + '</title><rect width="' + (width + 32) + '" height="' + total + '" fill="var(--sj-paper)"/>' + body.join("") + "</svg>")
    .replace(/ data-\w+="[^"]*"| class="[^"]*"/g, "").replace(/var\((--sj-\w+)\)/g, function (all, name) { return css.getPropertyValue(name).trim(); });
}
function save(name, content, kind) {
  var blob = content instanceof Blob ? content : new Blob([content], { type: kind }), a = el("a", { href: URL.createObjectURL(blob), download: name }, doc.body);
  a.click(); a.remove(); setTimeout(function () { URL.revokeObjectURL(a.href); }, 5000);
}
function stem() { return (S.m + "-" + (S.t === "trend" ? "trend" : year()) + "-" + edition().split("@")[1]).replace(/[^A-Za-z0-9]+/g, "-"); }
function savePng() {
  var text = drawing(), size = /viewBox="0 0 (\S+) (\S+)"/.exec(text), image = new Image();
  image.onload = function () {
    var canvas = el("canvas", { width: 2 * size[1], height: 2 * size[2] }); canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob(function (blob) { save(stem() + ".png", blob); });
  };
  image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(text);
}
function crc(bytes) {
  var c, n, value = -1;
  if (!crc.table) { crc.table = []; for (n = 0; n < 256; n += 1) { c = n; for (var k = 0; k < 8; k += 1) c = c & 1 ? 3988292384 ^ (c >>> 1) : c >>> 1; crc.table[n] = c >>> 0; } }
  for (n = 0; n < bytes.length; n += 1) value = crc.table[(value ^ bytes[n]) & 255] ^ (value >>> 8); return (value ^ -1) >>> 0;
}
function zip(files) {
  var parts = [], central = [], at = 0, coder = new TextEncoder();
  function put(list, numbers) { var b = []; numbers.forEach(function (x) { for (var i = 0; i < x[1]; i += 1) b.push(Math.floor(x[0] / Math.pow(256, i)) % 256); }); list.push(new Uint8Array(b)); return b.length; }
  files.forEach(function (f) {
    var name = coder.encode(f[0]), bytes = coder.encode(f[1]), sum = crc(bytes), common = [[20, 2], [2048, 2], [0, 2], [0, 2], [33, 2], [sum, 4], [bytes.length, 4], [bytes.length, 4], [name.length, 2], [0, 2]];
    put(central, [[33639248, 4], [20, 2]].concat(common, [[0, 2], [0, 2], [0, 2], [0, 4], [at, 4]])); central.push(name);
    at += put(parts, [[67324752, 4]].concat(common)); parts.push(name, bytes); at += name.length + bytes.length;
  });
  var size = central.reduce(function (n, x) { return n + x.length; }, 0), end = [];
  put(end, [[101010256, 4], [0, 2], [0, 2], [files.length, 2], [files.length, 2], [size, 4], [at, 4], [0, 2]]);
  return new Blob(parts.concat(central, end), { type: "application/zip" });
}
function saveZip() {
  var m = measure(S.m), names = m.s.map(function (s) { return shardName(m, s); });
  load(names, function () {
    var rows = [], terms = [measureName(m), words().measures[m.i][1], ""];
    m.s.forEach(function (s) {
      var shard = SHARDS[shardName(m, s)];
      m.e.forEach(function (e) { if (shard && decoded(shard, e)) shard.areas.forEach(function (a) { shard.periods.forEach(function (p) { var c = cell(shard, e, a, p); if (c) rows.push(record(c, m, s)); }); }); });
    });
    m.e.forEach(function (e) { terms.push(e + ": " + I.editions[e][3] + " " + partWords(e), I.editions[e][5], I.editions[e][6], ""); });
    save(stem() + ".zip", zip([[stem() + ".csv", csvOf(rows, [])], ["README.txt", terms.concat([t("read_with"), permalink()]).join("\r\n") + "\r\n"]]));
  });
}
function codeLines() {
  var m = measure(S.m), period = year(), given = ["--indicator " + m.i, "--edition " + edition(), "--sex " + S.s].concat(S.t === "trend" ? [] : ["--period " + period]);
  return [["Python", 'sojourn.open("my-data").observations(indicator="' + m.i + '", edition="' + edition() + '", sex="' + S.s + '"' + (S.t === "trend" ? "" : ', period="' + period + '"') + ").df()"],
    ["R", 'read.csv(pipe("sojourn observations ' + given.join(" ") + ' --format sdmx-csv --data my-data"))'],
    ["curl", "curl -H 'Accept: application/vnd.sdmx.data+csv;version=2.0.0' 'http://127.0.0.1:8000/data/dataflow/SOJOURN/" + m.d.toUpperCase().replace(/[^A-Z0-9]/g, "_") + "/*/*?c%5BINDICATOR%5D=" + m.i.toUpperCase() + "&c%5BSEX%5D=" + S.s + "&c%5BTIME_PERIOD%5D=" + period + "'"]];
}
