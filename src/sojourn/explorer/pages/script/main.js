// One round: read the address, load what it needs, draw, say what is seen.
var EMBED = false;
function year() { return S.y || yearsOf(edition()).best; }
function announce(text) { $("finding").textContent = text; }
function language() {
  var asked = S.l || (navigator.language || "en").slice(0, 2); return has(I.languages, asked) ? asked : "en";
}
function arrive() {
  S = read(location.hash); var wanted = language(); if (S.x) doc.documentElement.dataset.theme = S.x; else delete doc.documentElement.dataset.theme;
  if (WORDS[wanted]) return speak(wanted);
  var script = el("script", { src: "l/" + wanted + ".js" }, doc.head); script.onload = function () { speak(wanted); };
}
function speak(wanted) {
  var changed = L !== wanted || !doc.documentElement.dataset.spoken; L = wanted;
  if (changed) {
    doc.documentElement.lang = L; doc.documentElement.dir = words().dir; doc.documentElement.dataset.spoken = L;
    doc.querySelectorAll("[data-w]").forEach(function (e) { e.textContent = t(e.dataset.w); });
    doc.querySelectorAll("[data-label]").forEach(function (e) { e.setAttribute("aria-label", t(e.dataset.label)); });
    doc.querySelectorAll("[data-hint]").forEach(function (e) { e.placeholder = t(e.dataset.hint); });
    options($("language"), Object.keys(I.languages).map(function (l) { return [l, I.languages[l]]; }), L);
  }
  $("explore").hidden = Boolean(S.p); $("profile").hidden = !S.p; if ($("card").open) $("card").close();
  if (S.p) { fillChoices(); return profileView(S.p); }
  var m = measure(S.m), names = [shardName(m, S.s)].concat(S.u ? populationShards(S.s) : []), b = S.b && measure(S.b);
  if (b && S.t === "trend") names.push(shardName(b, b.s.indexOf(S.s) >= 0 ? S.s : b.s[0]));
  load(names, function () {
    var pair = S.t === "corridor" ? corridorShard() : ""; if (pair) load([pair], draw); else draw();
  });
}
function draw() {
  var m = measure(S.m), key = edition(), years = yearsOf(key).all, period = year(), view = $("view"), width = Math.max(300, Math.round($("view").clientWidth)), rows = listed(key, period), u = unit();
  VIEW = { rows: rows, svg: null, other: "", measure: m, sex: S.s }; fillChoices(); fillTime(years);
  var title = measureName(m) + (S.u ? ", " + t("per_thousand", { n: digits(1000, 0) }) : "") + (S.s === "_T" ? "" : ", " + t("sex." + S.s)) + (S.t === "trend" ? "" : ", " + periodName(period));
  $("title").textContent = title; doc.title = title + " · sojourn";
  $("told").textContent = TOLD.map(function (x) { return t("unknown_value", { key: x[0], value: x[1] }); }).join(" ");
  $("told").hidden = !TOLD.length; $("embedded").hidden = !I.embedded; $("embedded").textContent = t("embedded_only");
  $("borders").textContent = S.t === "map" ? t("map.borders") : ""; $("never").hidden = true; sourceLine(key);
  if (S.t === "map") drawn(mapView(rows, key, width, title), findingOf(rows, u));
  else if (S.t === "ranking") {
    var made = barsView(rows, u, width, title, S.a), known = rows.filter(function (r) { return r.v !== null; });
    VIEW.rows = known.filter(function (r, i) { return S.n === "all" || i < FIRST || S.a.indexOf(r.area) >= 0; }); drawn(made, findingOf(rows, u));
    if (made.all > FIRST) el("button", { "class": "more", text: S.n === "all" ? t("show_first", { n: digits(FIRST, 0) }) : t("show_all", { n: digits(made.all, 0) }), onclick: function () { go({ n: S.n === "all" ? "" : "all" }); } }, view);
  } else if (S.t === "trend") drawTrend(m, key, rows, width, title, u);
  else if (S.t === "corridor") drawCorridor(m, width, title);
  else { VIEW.rows = S.n === "years" ? [].concat.apply([], tableRows(rows).map(function (r) { return years.map(function (p) { return figure(r.shard, key, r.area, p); }).filter(Boolean); })) : tableRows(rows); view.innerHTML = tableView(rows, key, title); announce(findingOf(rows, u)); }
  $("table-tools").hidden = S.t !== "table"; if (S.t === "table") $("only").value = S.n === "all" ? "" : S.n; doc.documentElement.dataset.ready = location.hash || "#";
}
function drawn(made, finding) {
  $("view").innerHTML = made ? made.svg : '<p class="none">' + esc(t("nothing_to_draw")) + "</p>"; VIEW.svg = made && made.svg; announce(finding);
}
function findingOf(rows, u) {
  var known = rows.filter(function (r) { return r.v !== null; }), ranks = ranksOf(known); if (!known.length) return t("nothing_to_draw");
  var c = known.filter(function (r) { return S.t !== "corridor" && S.a.indexOf(r.area) >= 0; }).sort(function (x, y) { return S.a.indexOf(x.area) - S.a.indexOf(y.area); })[0] || ranks.first || known[0];
  var rank = ranks.at[c.area], shared = rank && ranks.same[rank], given = { area: areaName(c.area), value: short(c.v, u), rank: digits(rank || 0, 0), n: plural(ranks.n), shared: digits(shared || 0, 0) };
  if (!rank || ranks.n < 2) return t("finding_value", given);
  return t(shared > 1 ? "finding_shared" : rank > 1 ? "finding_rank" : "finding_first", given);
}
function sourceLine(key) {
  var told = I.editions[key];
  $("source").textContent = told ? t("source_line", { citation: told[3], day: words().days[key], licence: told[5] }) + (told[7] ? " " + t("part") : "") + (told[9] ? " " + partWords(key) : "") + (told[8] && year().slice(0, 4) === told[8].slice(0, 4) ? " " + t("until", { day: told[8] }) : "") : "";
}
function drawTrend(m, key, rows, width, title, u) {
  var places = S.a.length ? S.a : rows.filter(function (r) { return r.v !== null && isNamed(r.area); }).slice(0, 4).map(function (r) { return r.area; });
  var series = seriesOf(m, places, key), made = trendView(series, u, width, title), b = S.b && measure(S.b);
  VIEW.rows = [].concat.apply([], series.map(function (s) { return s.points; }));
  var one = series.filter(function (s) { return s.main; })[0], known = one ? one.points.filter(function (c) { return c.v !== null; }) : [], first = known[0], last = known[known.length - 1];
  drawn(made, first && first !== last ? t("finding_trend", { area: areaName(one.area), first: short(first.v, u), start: periodName(first.period), last: short(last.v, u), end: periodName(last.period) }) : findingOf(rows, u));
  if (series.some(function (s) { return !s.main; })) el("p", { "class": "reading", text: t("editions_dashed", { editions: uniq(series.map(function (s) { return editionName(s.edition); })).join(", ") }) }, $("view"));
  if (!b) return;
  el("h2", { "class": "second", text: measureName(b) }, $("view"));
  var other = trendView(seriesOf(b, places, b.e.filter(function (e) { return !I.editions[e][7]; })[0] || b.e[0]), b, width, measureName(b), 300);
  el("div", { html: other ? other.svg : '<p class="none">' + esc(t("nothing_to_draw")) + "</p>", "data-m": b.id }, $("view"));
  var pair = I.never.filter(function (p) { return (p[0] === m.i && (p[1] === b.i || p[1] === "*")) || (p[0] === b.i && (p[1] === m.i || p[1] === "*")); })[0];
  $("never").hidden = false;
  $("never").textContent = pair ? t("never_add") + " " + t("never." + pair[0] + "_" + (pair[1] === "*" ? "any" : pair[1])) : t(b.u === m.u && b.k === m.k ? "side_by_side" : "other_unit");
}
function drawCorridor(m, width, title) {
  var c = corridorMeasure(), place = corridorPlace(), shard = place && SHARDS[corridorShard()], view = $("view"); view.textContent = "";
  var bar = el("div", { "class": "direction", role: "group", "aria-label": t("direction") }, view);
  ["to", "from"].forEach(function (k) { el("button", { type: "button", "aria-pressed": S.k === k, text: t("direction_" + k, { area: place ? areaName(place) : "…" }), onclick: function () { go({ k: k }); } }, bar); });
  if (!shard) { VIEW.rows = []; el("p", { "class": "none", text: t("no_corridors") }, view); announce(t("no_corridors")); return; }
  var key = corridorKey(c, shard), periods = shard.periods, period = periods.indexOf(year()) >= 0 ? year() : periods[periods.length - 1];
  var rows = corridorRows(shard, key, period), known = rows.filter(function (r) { return r.v !== null; }), kept = known.filter(function (r) { return r.v > 0; });
  VIEW.rows = S.n === "all" ? kept : kept.slice(0, FIRST); VIEW.other = place; VIEW.measure = c; VIEW.sex = "_T";
  $("title").textContent = title = measureName(Object.assign({}, c, { o: 0 })) + ": " + t("direction_" + S.k, { area: areaName(place) }) + (key.split("|")[1] ? ", " + t("sex." + key.split("|")[1]) : "") + ", " + periodName(period);
  sourceLine(key.split("|")[0]);
  if (!kept.length) { el("p", { "class": "none", text: t("nothing_to_draw") }, view); announce(t("nothing_to_draw")); return; }
  var made = barsView(kept, c, width, title, []); VIEW.svg = made.svg; el("div", { html: made.svg }, view);
  if (kept.length > FIRST) el("button", { "class": "more", text: S.n === "all" ? t("show_first", { n: digits(FIRST, 0) }) : t("show_all", { n: digits(kept.length, 0) }), onclick: function () { go({ n: S.n === "all" ? "" : "all" }); } }, view);
  el("p", { "class": "reading", text: t("threshold", { n: plural(Math.min(S.n === "all" ? kept.length : FIRST, kept.length)), all: digits(kept.length, 0), missing: digits(rows.length - known.length, 0) }) }, view);
  var heat = heatView(shard, key, kept, c, width, title);
  if (heat) { el("h2", { "class": "second", text: t("heat") }, view); el("div", { html: heat }, view); }
  announce(findingOf(kept, c));
}
function pointed(target) {
  var mark = target.closest && target.closest("[data-a]"); if (!mark || !$("view").contains(mark)) return null;
  var a = mark.dataset.a, p = mark.dataset.y, m = measure(S.m), other = "";
  if (S.t === "corridor") { var c = corridorMeasure(), shard = SHARDS[corridorShard()], key = corridorKey(c, shard); p = p || (shard.periods.indexOf(year()) >= 0 ? year() : shard.periods[shard.periods.length - 1]); return { c: cell(shard, key, a, p), m: c, area: a, mark: mark, other: corridorPlace(), period: p }; }
  var second = mark.closest("[data-m]"); if (second) m = measure(second.dataset.m);
  var s = m.s.indexOf(S.s) >= 0 ? S.s : m.s[0], of = SHARDS[shardName(m, s)]; p = p || year();
  return { c: second ? cell(of, mark.dataset.e, a, p) : figure(of, mark.dataset.e || edition(), a, p), m: m, area: a, mark: mark, other: other, period: p };
}
function tip(e) {
  var found = pointed(e.target), box = $("tip");
  if (!found) { box.hidden = true; return; }
  var u = found.m.id === S.m && S.u ? unit() : found.m; box.textContent = ""; el("b", { text: areaName(found.area) }, box);
  el("span", { "class": found.c && found.c.v !== null ? "v" : "none", text: found.c && found.c.v !== null ? shown(found.c.v, u) : reason(found.c) }, box);
  el("small", { text: periodName(found.period) + (found.c ? " · " + found.c.key.split("|")[0] + (address(found.c) ? " · " + address(found.c).split("#")[1] : "") : "") }, box);
  box.hidden = false; box.style.left = Math.max(6, Math.min(e.clientX + 14, innerWidth - box.offsetWidth - 8)) + "px";
  box.style.top = (e.clientY + 18 + box.offsetHeight > innerHeight ? e.clientY - box.offsetHeight - 10 : e.clientY + 18) + "px";
}
function clicked(e) {
  var sort = e.target.closest("[data-sort]"), pick = e.target.closest("[data-pick]"), found;
  if (sort) { SORT = { by: sort.dataset.sort, down: SORT.by === sort.dataset.sort ? !SORT.down : sort.dataset.sort === "v" }; draw(); var again = $("view").querySelector("[data-sort=" + SORT.by + "]"); if (again) again.focus(); return; }
  if (pick) { pickPlace(pick.dataset.pick); return; }
  found = pointed(e.target); $("tip").hidden = true; if (!found) return; if (found.c) openCard(found.c, found.m, found.mark, found.other);
  else if (S.t === "map") go({ p: found.area });
}
function bind() {
  var change = { edition: "e", sex: "s", per: "u", region: "r", beside: "b", language: "l", only: "n" };
  Object.keys(change).forEach(function (id) { $(id).addEventListener("change", function () { var x = {}; x[change[id]] = this.value; go(x); }); });
  ["age", "way", "role"].forEach(function (id) { $(id).addEventListener("change", function () { go({ m: this.value }); }); });
  $("year").addEventListener("input", function () { go({ y: yearsOf(edition()).all[this.value] }, true); });
  $("filter").addEventListener("input", function () { FILTER = this.value; draw(); });
  $("theme").addEventListener("click", function () { var dark = S.x ? S.x === "dark" : matchMedia("(prefers-color-scheme:dark)").matches; go({ x: dark ? "light" : "dark" }); });
  $("view").addEventListener("click", clicked); $("view").addEventListener("pointermove", tip);
  $("view").addEventListener("pointerleave", function () { $("tip").hidden = true; }); var tabs = [].slice.call(doc.querySelectorAll("[role=tab]"));
  tabs.forEach(function (tab) {
    tab.addEventListener("click", function () { go({ t: tab.dataset.t }); });
    tab.addEventListener("keydown", function (e) {
      var seen = tabs.filter(function (x) { return !x.hidden; }), step = { ArrowRight: 1, ArrowLeft: -1 }[e.key], k = seen.indexOf(tab);
      var next = e.key === "Home" ? seen[0] : e.key === "End" ? seen[seen.length - 1] : step ? seen[(k + step + seen.length) % seen.length] : null;
      if (next) { e.preventDefault(); next.focus(); go({ t: next.dataset.t }); }
    });
  });
  picker($("measure-find"), $("measure-list"), findMeasures, function (id) { $("choose").close(); go({ m: id }); });
  picker($("place-find"), $("place-list"), findPlaces, pickPlace);
  $("measure").addEventListener("click", function () { $("choose").showModal(); $("measure-find").value = ""; $("measure-find").focus(); });
  $("choose-x").addEventListener("click", function () { $("choose").close(); }); $("take").addEventListener("click", openTake);
  $("take-x").addEventListener("click", function () { $("taking").close(); });
  $("card").addEventListener("close", function () { if (OPENER && doc.contains(OPENER) && OPENER.focus) OPENER.focus({ preventScroll: true }); });
  doc.addEventListener("keydown", function (e) { if (e.key === "Escape" && $("card").open) $("card").close(); });
  doc.addEventListener("click", function (e) { if ($("card").open && !$("card").contains(e.target) && !e.target.closest("[data-a],.n")) $("card").close(); });
  addEventListener("hashchange", arrive); var wide = innerWidth;
  addEventListener("resize", function () { if (innerWidth !== wide) { wide = innerWidth; if (!S.p) draw(); } });
}
function openTake() {
  var box = $("take-body"), link = permalink(); box.textContent = "";
  function part(title) { el("h3", { text: title }, box); return el("p", { "class": "do" }, box); }
  var files = part(t("take_shown"));
  [["CSV", function () { save(stem() + ".csv", csvOf(records(), heading()), "text/csv"); }], ["JSON", function () { save(stem() + ".json", jsonOf(), "application/json"); }]]
    .concat(VIEW.svg ? [["SVG", function () { save(stem() + ".svg", drawing(), "image/svg+xml"); }], ["PNG", savePng]] : [])
    .concat([["ZIP (" + t("take_all") + ")", saveZip]]).forEach(function (x) { el("button", { type: "button", "data-take": x[0].slice(0, 4).trim().toLowerCase(), text: x[0], onclick: x[1] }, files); });
  citeButtons(null, null, part(t("cite")));
  [[t("card.permalink"), link], [t("embed"), '<iframe src="' + link.replace(/index\.html(?=#)|\/(?=#)/, function (x) { return x === "/" ? "/embed.html" : "embed.html"; }).replace(/&/g, "&amp;") + '" width="720" height="560" title="' + esc($("title").textContent) + '"></iframe>'], [t("freeze"), "sojourn explorer --freeze '" + hashOf(Object.assign({}, S, { e: edition(), y: year() })) + "' --out card --data my-data"]].concat(codeLines()).forEach(function (x) {
    el("h3", { text: x[0] }, box); var line = el("p", { "class": "line" }, box);
    el("code", { text: x[1] }, line); el("button", { type: "button", text: t("copy"), onclick: function () { copy(x[1], this); } }, line);
  });
  $("taking").showModal();
}
SJ.start = function () {
  EMBED = doc.body.className === "embed"; prepare(); bind(); arrive();
};
SJ.parts = { classBreaks: classBreaks, classOf: classOf, digits: digits, short: short, runs: runs, column: column, significant: significant, read: read, hash: hashOf, index: function () { return I; }, state: function () { return S; }, view: function () { return { rows: records(), csv: csvOf(records(), heading()), json: jsonOf() }; } };
if (I && MAP) SJ.start(); else addEventListener("load", SJ.start);
