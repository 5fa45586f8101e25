// Citations: a line of text, BibTeX and RIS, down to the cell.
function citation(c, m, other) {
  var key = c.key.split("|")[0], told = I.editions[key], w = where(c.shard, c.key, c.i), place = letters(w.col) + w.row;
  var at = !w.row ? "" : w.sheet ? t("card.sheet", { sheet: w.sheet, cell: place }) : t("cell_of", { cell: place });
  return {
    title: cardTitle(c, m, other) + (c.v === null ? "" : ": " + shown(c.level !== undefined ? c.level : c.v, m)),
    author: told[4], year: told[1].slice(0, 4), href: told[6],
    source: t("cite_source", { title: told[2], day: words().days[key] }) + (at ? ", " + at : "")
  };
}
function viewCitation() {
  var told = I.editions[edition()];
  return { title: $("title").textContent, author: told[4], year: told[1].slice(0, 4), href: told[6], source: t("cite_source", { title: told[2], day: words().days[edition()] }) };
}
function citeText(q) { return q.author + ", " + q.source + ". " + q.title + ". " + t("read_with"); }
function bibtex(q) {
  return "@misc{" + fold(q.author + "-" + q.year + "-" + q.title).replace(/[^a-z0-9]+/g, "-").slice(0, 60) + ",\n  author = {{" + q.author + "}},\n  title = {{" + q.title +
    "}},\n  year = {" + q.year + "},\n  howpublished = {" + q.source + "; " + t("read_with") + "},\n  url = {" + q.href + "}\n}\n";
}
function ris(q) { return ["TY  - DATA", "AU  - " + q.author, "TI  - " + q.title, "PY  - " + q.year, "N1  - " + q.source + "; " + t("read_with"), "UR  - " + q.href, "ER  - ", ""].join("\r\n"); }
function citeButtons(c, m, parent, other) {
  el("span", { text: t("card.cite") + ":" }, parent);
  [[t("card.cite_text"), citeText], ["BibTeX", bibtex], ["RIS", ris]].forEach(function (kind) {
    el("button", { type: "button", text: kind[0], onclick: function () { copy(kind[1](c ? citation(c, m, other) : viewCitation()), this); } }, parent);
  });
}
