// Choosing: lists that filter while one types (the ARIA combobox pattern), and what follows from a choice.
function picker(input, list, find, pick) {
  var items = [], on = -1;
  function mark(k) {
    on = k;
    [].forEach.call(list.querySelectorAll("[role=option]"), function (o, i) { o.setAttribute("aria-selected", i === on); if (i === on) { input.setAttribute("aria-activedescendant", o.id); o.scrollIntoView({ block: "nearest" }); } });
    if (on < 0) input.removeAttribute("aria-activedescendant");
  }
  function close() { list.hidden = !list.dataset.stay; input.setAttribute("aria-expanded", !list.hidden); mark(-1); }
  function show() {
    var group = null; items = find(input.value); list.textContent = ""; on = -1;
    items.forEach(function (x, i) {
      if (x.group && x.group !== group) { group = x.group; el("li", { role: "presentation", "class": "group", text: group }, list); }
      var o = el("li", { role: "option", id: list.id + "-" + i, "aria-selected": "false", "class": x.on ? "on" : null, onclick: function () { take(x); } }, list);
      el("span", { text: x.label }, o); if (x.sub) el("small", { text: x.sub }, o);
    });
    if (!items.length) el("li", { role: "presentation", "class": "group", text: t("nothing_found") }, list);
    list.hidden = false; input.setAttribute("aria-expanded", "true");
  }
  function take(x) { input.value = ""; close(); pick(x.id); }
  input.addEventListener("input", show); input.addEventListener("focus", show);
  input.addEventListener("blur", function () { setTimeout(function () { if (!list.matches(":hover")) close(); }, 120); });
  input.addEventListener("keydown", function (e) {
    if (e.key === "ArrowDown" || e.key === "ArrowUp") { if (list.hidden) show(); mark((on + (e.key === "ArrowDown" ? 1 : items.length - 1) + (on < 0 && e.key === "ArrowUp" ? 1 : 0)) % Math.max(items.length, 1)); e.preventDefault(); }
    else if (e.key === "Enter" && items[Math.max(on, 0)] && !list.hidden) { take(items[Math.max(on, 0)]); e.preventDefault(); }
    else if (e.key === "Escape" && !list.hidden && !list.dataset.stay) { close(); e.stopPropagation(); }
  });
  return show;
}
function findPlaces(asked) {
  var words_ = fold(asked).split(/\s+/).filter(Boolean), code = asked.trim().toUpperCase(); if (!words_.length && !S.p) words_ = [];
  return Object.keys(I.areas).filter(function (a) { return I.areas[a][1] === "c" || words_.length; }).map(function (a) {
    var names = fold(Object.keys(WORDS).map(function (l) { return WORDS[l].areas[a] || ""; }).join(" | ") + " " + (I.called[a] || []).join(" | ") + " " + (I.areas[a][0] || a) + " " + a);
    if (!words_.every(function (w) { return names.indexOf(w) >= 0; })) return null;
    var first = fold(areaName(a)).indexOf(words_[0] || "") === 0 ? 0 : 1;
    return { id: a, label: areaName(a), sub: I.areas[a][0] || a, rank: (code && (I.areas[a][0] === code || a === code)) ? -1 : first, on: S.a.indexOf(a) >= 0 };
  }).filter(Boolean).sort(function (x, y) { return x.rank - y.rank || x.label.localeCompare(y.label, L); }).slice(0, 60);
}
function findMeasures(asked) {
  var words_ = fold(asked).split(/\s+/).filter(Boolean);
  var found = I.measures.filter(function (m) { return !m.a && (!m.w || words_.length); }).map(function (m) {
    var text = fold(measureName(m) + " " + words().measures[m.i][1] + " " + m.id); if (!words_.every(function (w) { return text.indexOf(w) >= 0; })) return null;
    return { id: m.id, label: measureName(m), sub: I.editions[m.e[0]][4] + " · " + m.d, group: t("group_" + m.g), at: I.groups.indexOf(m.g), on: m.id === S.m };
  }).filter(Boolean);
  return found.sort(function (x, y) { return x.at - y.at; });
}
function pickPlace(a) {
  if (S.a.indexOf(a) >= 0) go({ a: S.a.filter(function (x) { return x !== a; }) });
  else go({ a: S.a.concat([a]).slice(-MOST) });
}
function options(select, list, chosen) {
  var told = JSON.stringify(list); // a list that stays is not written again
  if (select.told !== told) { select.told = told; select.textContent = ""; list.forEach(function (x) { el("option", { value: x[0], text: x[1] }, select); }); }
  select.value = chosen; select.closest("label").hidden = list.length < 2;
}
function fillChoices() {
  var m = measure(S.m), key = edition(); $("measure-name").textContent = measureName(m); $("definition").textContent = words().measures[m.i][1] + ".";
  options($("edition"), m.e.map(function (e) { return [e, words().days[e] + (I.editions[e][7] ? " (" + t("part_short") + ")" : "")]; }), key);
  $("edition").closest("label").hidden = false; options($("sex"), m.s.map(function (s) { return [s, t("sex_" + s)]; }), S.s);
  var ages = I.measures.filter(function (x) { return x.d === m.d && x.i === m.i && x.w === m.w && x.o === m.o; });
  options($("age"), ages.map(function (x) { return [x.id, x.a ? ageName(x.a) : t("all_ages")]; }), m.id);
  var ways = I.measures.filter(function (x) { return x.d === m.d && x.i === m.i && x.a === m.a && x.o === m.o; });
  options($("way"), ways.map(function (x) { return [x.id, x.w ? x.w.replace(/(^|;)\w+=/g, "$1").split(";").join(", ") : t("all_ages")]; }), m.id);
  var roles = I.measures.filter(function (x) { return x.d === m.d && x.i === m.i && x.a === m.a && x.w === m.w; });
  options($("role"), roles.map(function (x) { return [x.id, t(x.o ? "role_of" : "role_at")]; }), m.id);
  options($("per"), m.p && I.populations.length ? [["", t("level")], ["per", t("per_thousand", { n: digits(1000, 0) })]] : [], S.u);
  options($("region"), REGIONS.map(function (r) { return [r, r ? areaName(r) : t("world")]; }), S.r);
  var beside = I.measures.filter(function (x) { return !x.a && !x.w && x.id !== m.id; });
  options($("beside"), [["", t("nothing_beside")]].concat(beside.map(function (x) { return [x.id, measureName(x) + " · " + x.d]; })), S.b);
  $("beside").closest("label").hidden = S.t !== "trend"; $("chips").textContent = "";
  S.a.forEach(function (a) {
    var chip = el("li", {}, $("chips")); el("a", { href: hashOf(Object.assign({}, S, { p: a })), text: areaName(a) }, chip);
    el("button", { type: "button", "aria-label": t("remove", { area: areaName(a) }), text: "×", onclick: function () { pickPlace(a); } }, chip);
  });
  doc.querySelectorAll("[role=tab]").forEach(function (tab) {
    var on = tab.dataset.t === S.t; tab.setAttribute("aria-selected", on); tab.tabIndex = on ? 0 : -1; tab.hidden = tab.dataset.t === "corridor" && !hasCorridors(m);
    if (on) $("view").setAttribute("aria-labelledby", tab.id);
  });
}
function fillTime(years) {
  var slider = $("year"), at = years.indexOf(year()); $("time").hidden = years.length < 2 || S.t === "trend";
  slider.max = Math.max(years.length - 1, 0); slider.value = Math.max(at, 0); slider.setAttribute("aria-valuetext", periodName(year()));
  $("year-now").textContent = periodName(year());
  $("year-first").textContent = periodName(years[0] || ""); $("year-last").textContent = periodName(years[years.length - 1] || "");
}
