// The card of a number: what it is, its edition, its cell, what others say. The same as the factsheet's.
var OPENER = null;
function cardTitle(c, m, other) {
  var sex = c.key.split("|")[1] || (SHARDSEX(c, m)), parts = [measureName(m)];
  parts.push(other ? (m.o ? areaName(other) + " → " + areaName(c.area) : areaName(c.area) + " → " + areaName(other)) : areaName(c.area));
  if (sex !== "_T") parts.push(t("sex." + sex));
  parts.push(periodName(c.period)); return parts.join(", ");
}
function SHARDSEX(c, m) { return m.s.filter(function (s) { return SHARDS[shardName(m, s)] === c.shard; })[0] || "_T"; }
function cellWords(c) {
  var w = where(c.shard, c.key, c.i), file = I.files[w.file], place = letters(w.col) + w.row; var at = w.sheet ? t("card.sheet", { sheet: w.sheet, cell: place }) : place;
  return file[0] + ", " + at + (c.level !== undefined || c.v !== null ? " = " + digits(c.level !== undefined ? c.level : c.v, 0) : "");
}
function openCard(c, m, from, other) {
  var box = $("card"), key = c.key.split("|")[0], w = where(c.shard, c.key, c.i), told = I.editions[key], file = I.files[w.file];
  var u = c.below ? { n: 1, u: "PER_1000" } : m, list; OPENER = from || null; box.textContent = "";
  el("button", { "class": "x", "aria-label": t("card.close"), text: "×", onclick: function () { box.close(); } }, box);
  el("h2", { id: "card-h", text: cardTitle(c, m, other) }, box); el("p", { "class": "v", text: c.v === null ? reason(c) : shown(c.v, u) + " " + unitWords(u) }, box);
  list = el("dl", {}, box);
  function row(name, text, href) {
    if (name) el("dt", { text: name }, list);
    var dd = el("dd", {}, list); if (href && /^https?:/.test(href)) el("a", { href: href, text: text, rel: "noreferrer" }, dd); else dd.textContent = text; return dd;
  }
  var ours = isOurs(key), said = c.below ? t("card.status_computed") : ours && w.n < 2 ? t("estimated_here") : w.n > 1 || !w.row ? t("card.status_sum", { n: digits(w.n, 0) }) : t("card.status_printed");
  if (c.s !== "A" && c.v !== null && !(ours && c.s === "E")) said += "; " + t("status_" + c.s);
  if (w.lacking) said += "; " + t("lower_bound", { n: digits(w.lacking, 0) });
  row(t("card.status"), said);
  row(t("definition"), words().measures[m.i][1] + (w.criterion && w.criterion !== "_Z" && w.criterion !== "_T" ? ". " + t("criterion_" + w.criterion) : ""));
  if (c.below) [[c.level, measureName(m)], [c.below.v, words().measures.population ? words().measures.population[0] : ""]].forEach(function (x, i) { row(i ? "" : t("card.from"), x[1] + ": " + digits(x[0], 0) + " (" + (i ? address(c.below) : address(c) || key) + ")"); });
  if (w.lower !== null && w.upper !== null) row(t(ours ? "interval_own" : "interval"), digits(w.lower, 0) + " – " + digits(w.upper, 0));
  row(t("card.edition"), told[3] + " " + words().days[key] + ". " + told[5], told[6]); if (told[7]) row("", t("part")); if (told[9]) row("", partWords(key)); if (w.row) row(t("card.cell"), cellWords(c));
  if (w.note) row(t("note"), w.note).lang = "en";
  held(key, c.area, yearOf(c.period)).forEach(function (h) { row(t("note"), h[5]).lang = "en"; });
  if (file) row(t("card.file"), file[0] + ", SHA-256 " + file[1] + (file[3] ? "" : ". " + t("card.unverified")));
  var inputs = w.row ? null : row(t("card.from"), "…");
  var others = row(t("card.others"), "…"), line = address(c) ? "sojourn trace '" + address(c) + "'" : tableCommand(c, m); var command = row(t("command"), "");
  el("code", { text: line }, command); el("button", { type: "button", text: t("copy"), onclick: function () { copy(line, this); } }, command);
  var more = el("p", { "class": "do" }, box);
  if (isPlace(c.area) && isNamed(c.area)) el("a", { href: hashOf(Object.assign({}, S, { p: c.area })), text: t("profile_of", { area: areaName(c.area) }), onclick: function () { box.close(); } }, more);
  citeButtons(c, m, more, other); if (box.open) box.close(); box.show(); placeCard(from); box.querySelector(".x").focus({ preventScroll: true });
  if (inputs) fillInputs(inputs, c, m);
  fillOthers(others, c, m, other);
}
function unitWords(u) { return /^(PERCENT|USD|_)/.test(u.u) ? "" : t("unit_" + u.u); }
function tableCommand(c, m) {
  var end = m.o ? "--area 900 --origin " + areaCode(c.area) : "--area " + areaCode(c.area);
  return "sojourn table " + m.i + "@" + c.key.split("|")[0] + " " + end + " --period " + c.period + " --cells";
}
// The cells that a sum is made of: the largest by name, the rest counted.
function fillInputs(dd, c, m) {
  var name = m.f + "/" + c.area;
  if (!m.b || m.b.indexOf(c.area) < 0) { dd.textContent = t("inputs_by_command"); return; }
  load([name], function () {
    var sex = SHARDSEX(c, m), rows = corridorRows(SHARDS[name], c.key + (sex === "_T" ? "" : "|" + sex), c.period).filter(isSingle); dd.textContent = "";
    rows.slice(0, 6).forEach(function (r) { el("span", { "class": "line", text: areaName(r.area) + ": " + (r.v === null ? reason(r) : digits(r.v, 0)) + " · " + (address(r).split("#")[1] || "") }, dd); });
    if (rows.length > 6) el("span", { "class": "line", text: t("more_inputs", { n: digits(rows.length - 6, 0) }) }, dd);
  });
}
function isSingle(r) { return isPlace(r.area); }
function fillOthers(dd, c, m, other) {
  var rivals = other || c.below ? [] : I.measures.filter(function (x) { return x.i === m.i && x.id !== m.id && (x.o || 0) === (m.o || 0) && !x.w && x.a === m.a; }).slice(0, 6);
  var sex = SHARDSEX(c, m), sexes = rivals.filter(function (x) { return x.s.indexOf(sex) >= 0; });
  load(sexes.map(function (x) { return shardName(x, sex); }), function () {
    dd.textContent = ""; var base = c.level !== undefined ? c.level : c.v, suffix = c.key.split("|")[1] ? "|" + c.key.split("|")[1] : "", found = [];
    m.e.forEach(function (e) { if (e + suffix !== c.key) found.push(cell(c.shard, e + suffix, c.area, c.period)); });
    sexes.forEach(function (x) { x.e.slice(0, 1).forEach(function (e) { found.push(cell(SHARDS[shardName(x, sex)], e, c.area, c.period)); }); });
    found.filter(function (o) { return o && o.v !== null; }).forEach(function (o) {
      var by = base === null ? null : o.v - base, at = address(o).split("#")[1];
      el("span", { "class": "line", text: o.key.split("|")[0] + ": " + digits(o.v, m.n) + (by === null ? "" : by ? " (" + (by > 0 ? "+" : "") + digits(by, m.n) + ")" : " (=)") + (at ? " · " + at : "") }, dd);
    });
    if (!dd.childNodes.length) dd.textContent = t("nothing_else");
  });
}
function placeCard(from) {
  var box = $("card"); box.style.top = box.style.left = ""; if (matchMedia("(max-width:560px)").matches || !from) return;
  var r = from.getBoundingClientRect(), wide = box.offsetWidth, high = box.offsetHeight;
  var left = Math.max(8, Math.min(r.left, doc.documentElement.clientWidth - wide - 8));
  var top = r.bottom + 8 + high > innerHeight && r.top - high - 8 > 0 ? r.top - high - 8 : Math.min(r.bottom + 8, Math.max(8, innerHeight - high - 8));
  box.style.left = left + scrollX + "px"; box.style.top = Math.max(8, top) + scrollY + "px";
}
