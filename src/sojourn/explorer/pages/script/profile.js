// A country on one page: a number a card with its year, edition, trend and cell; or why there is none.
function cardMeasures() {
  return I.cards.map(function (c) {
    var found = c[1].map(function (i) { return I.measures.filter(function (m) { return m.i === i && !m.a && !m.w && (m.o ? "of" : "at") === c[2]; })[0]; }).filter(Boolean);
    return { id: c[0], m: found[0] };
  });
}
function newest(m, shard, area) {
  var known = m.e.filter(function (e) { return !S.d || I.editions[e][1] <= S.d; }), missing = null;
  known = known.filter(function (e) { return !I.editions[e][7]; }).concat(known.filter(function (e) { return I.editions[e][7]; }));
  for (var k = 0; shard && k < known.length; k += 1) {
    var last = Number(I.editions[known[k]][1].slice(0, 4)), periods = shard.periods.filter(function (p) { return yearOf(p) <= last; });
    for (var j = periods.length - 1; j >= 0; j -= 1) {
      var c = cell(shard, known[k], area, periods[j]); if (c && c.v !== null) return c; missing = missing || c;
    }
  }
  return missing;
}
function profileView(area) {
  var cards = cardMeasures().filter(function (c) { return c.m; }), names = [];
  cards.forEach(function (c) {
    c.shard = shardName(c.m, c.m.s.indexOf("_T") >= 0 ? "_T" : c.m.s[0]); names.push(c.shard);
    if (c.m.b && c.m.b.indexOf(area) >= 0) { c.pair = c.m.f + "/" + area; names.push(c.pair); }
  });
  load(names, function () {
    if (S.p !== area) return;
    var root = $("profile"), grid; root.textContent = ""; el("a", { "class": "back", href: hashOf(Object.assign({}, S, { p: "" })), text: "← " + t("back") }, root);
    el("h1", { text: areaName(area), id: "profile-h", tabindex: "-1" }, root); el("p", { "class": "finding", text: t("profile_lead") }, root);
    grid = el("div", { "class": "cards" }, root); cards.forEach(function (x) { profileCard(x, area, grid); });
    I.cards.filter(function (c) { return !cards.some(function (x) { return x.id === c[0]; }); }).forEach(function (c) {
      var box = el("section", { "class": "empty" }, grid); el("h2", { text: t("card_" + c[0]) }, box); el("p", { "class": "none", text: t("not_in_site") }, box);
    });
    announce(areaName(area));
  });
}
function profileCard(x, area, grid) {
  var m = x.m, shard = SHARDS[x.shard], c = newest(m, shard, area), box = el("section", { "data-card": x.id }, grid); el("h2", { text: t("card_" + x.id) }, box);
  if (!c || c.v === null) {
    el("p", { "class": "none", text: c ? reason(c) + " (" + periodName(c.period) + ", " + editionName(c.key) + ")" : t("no_number_here") }, box); return;
  }
  el("button", { "class": "n big", text: short(c.v, m), onclick: function () { openCard(c, m, this); } }, box);
  el("p", { "class": "sub", text: [unitWords(m), periodName(c.period)].filter(Boolean).join(", ") }, box);
  var points = shard.periods.map(function (p) { return cell(shard, c.key, area, p); }).filter(function (p) { return p && yearOf(p.period) <= yearOf(c.period); });
  el("div", { html: sparkline(points, 220, 44) }, box);
  if (x.pair && SHARDS[x.pair]) {
    var pair = SHARDS[x.pair], rows = corridorRows(pair, c.key, c.period).filter(function (r) { return r.v && I.areas[r.area] && isNamed(r.area); }).slice(0, 3);
    if (rows.length) el("p", { "class": "sub", text: t(m.o ? "most_in" : "most_from") + " " + rows.map(function (r) { return areaName(r.area) + " " + short(r.v, m); }).join(" · ") }, box);
  }
  var foot = el("p", { "class": "foot" }, box);
  foot.appendChild(doc.createTextNode(I.editions[c.key][4] + ", " + editionName(c.key) + (address(c) ? " · " + (address(c).split("#")[1]) : " · " + t("card.status_sum", { n: digits(where(c.shard, c.key, c.i).n, 0) })) + " "));
  el("a", { href: hashOf(Object.assign({}, S, { p: "", m: m.id, e: c.key, y: c.period, s: m.s[0], t: "trend", a: [area], u: "", b: "", n: "" })), text: t("open_measure") }, foot);
}
