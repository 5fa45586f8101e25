// Words, numbers and small helpers. Numbers are written as the Python pages write them.
var I = null, MAP = null, WORDS = {}, SHARDS = {}, L = "en", doc = document;
window.SJ = {
  index: function (x) { I = x; },
  map: function (x) { MAP = x; },
  words: function (language, x) { WORDS[language] = x; },
  shard: function (name, x) { SHARDS[name] = x; }
};
function $(id) { return doc.getElementById(id); }
function esc(text) { return String(text).replace(/[&<>"']/g, function (c) { return "&#" + c.charCodeAt(0) + ";"; }); }
function el(tag, given, parent) {
  var made = doc.createElement(tag);
  Object.keys(given || {}).forEach(function (k) {
    var v = given[k]; if (k === "text") made.textContent = v;
    else if (k === "html") made.innerHTML = v;
    else if (k.slice(0, 2) === "on") made.addEventListener(k.slice(2), v);
    else if (k.slice(0, 5) === "aria-") made.setAttribute(k, String(v));
    else if (v !== false && v !== null && v !== undefined) made.setAttribute(k, v === true ? "" : v);
  });
  if (parent) parent.appendChild(made);
  return made;
}
function has(o, k) { return Object.prototype.hasOwnProperty.call(o, k); }
function uniq(list) { return list.filter(function (x, i) { return list.indexOf(x) === i; }); }
function words() { return WORDS[L]; }
function t(key, given) {
  var message = words().w[key]; if (message === undefined) message = words().w["explorer." + key]; if (message === undefined) return key;
  return message.replace(/\{(\w+)\}|\{(\w+)((?:#\w+:[^#{}]*)+)\}/g, function (all, name, counted, forms) {
    var value = given ? given[name || counted] : ""; if (name) return value && value.text !== undefined ? value.text : value; var of = {};
    forms.slice(1).split("#").forEach(function (f) { var at = f.indexOf(":"); of[f.slice(0, at)] = f.slice(at + 1); });
    var amount = value && value.amount !== undefined ? value.amount : NaN; if (of.noun !== undefined && Math.abs(amount) >= 1e6) return of.noun;
    var form = isNaN(amount) ? "other" : new Intl.PluralRules(L).select(Math.abs(amount)); return of[form] !== undefined ? of[form] : of.other || "";
  });
}
function plural(n) { return { amount: n, text: digits(n, 0) }; }
function areaName(id) { return words().areas[id] || id; }
function measureName(m) {
  var parts = [words().measures[m.i][0]]; if (m.o) parts.push(t("by_origin")); if (m.a) parts.push(ageName(m.a));
  if (m.w) parts.push(m.w.replace(/(^|;)\w+=/g, "$1").split(";").join(", "));
  return parts.join(", ");
}
function ageName(code) {
  var found = /^Y(\d+)T(\d+)$/.exec(code), open = /^Y_GE(\d+)$/.exec(code), less = /^Y_LT(\d+)$/.exec(code);
  if (found) return t("age_span", { from: found[1], to: found[2] });
  if (open) return t("age_open", { from: open[1] });
  if (less) return t("age_less", { to: less[1] });
  return /^Y\d+$/.test(code) ? t("age_span", { from: code.slice(1), to: code.slice(1) }) : code;
}
function periodName(p) {
  var span = /^(\d{4})(?:-\d\d){0,2}\/P(\d+)Y$/.exec(p); return span ? span[1] + "–" + (Number(span[1]) + Number(span[2])) : p;
}
function yearOf(p) {
  var span = /^(\d{4}).*\/P(\d+)Y$/.exec(p); return span ? Number(span[1]) + Number(span[2]) : Number(p.slice(0, 4));
}
function partWords(e) {
  var part = I.editions[e] && I.editions[e][9]; return part ? t("part_of_run", { n: digits(part[0], 0), all: digits(part[1], 0) }) : "";
}
function editionName(e) { return I.editions[e] ? e.split("@")[1] : e; }
// Rounding to even on the digits that are written, as the Python pages round.
function fixed(value, places) {
  var text = String(Math.abs(value)); if (/e/.test(text)) return Math.abs(value) >= 1e21 ? text : Math.abs(value).toFixed(places);
  var whole = text.split(".")[0], rest = text.split(".")[1] || "";
  if (rest.length <= places) return whole + (places ? "." + (rest + "0".repeat(places)).slice(0, places) : "");
  var kept = BigInt(whole + rest.slice(0, places)), cut = rest.slice(places); var half = "5" + "0".repeat(cut.length - 1);
  if (cut > half || (cut === half && kept % 2n === 1n)) kept += 1n;
  var shown = String(kept).padStart(places + 1, "0"); return places ? shown.slice(0, -places) + "." + shown.slice(-places) : shown;
}
function grouped(text) {
  var n = words().number, parts = text.split("."); var whole = parts[0].replace(/\B(?=(\d{3})+(?!\d))/g, n.group);
  return parts.length > 1 ? whole + n.decimal + parts[1] : whole;
}
function digits(value, places) {
  var shown; if (places) shown = fixed(value, places);
  else if (Math.abs(value) >= 1000) shown = fixed(value, 0);
  else shown = fixed(value, 2).replace(/\.?0+$/, "");
  return (value < 0 && /[1-9]/.test(shown) ? "−" : "") + grouped(shown);
}
function dressed(shown, unit, amount) {
  if (unit === "PERCENT" || unit === "PERCENT_PER_YEAR") return words().number.percent.replace("{}", shown);
  if (unit === "USD") return t("unit.usd", { value: { text: shown, amount: amount } });
  return shown;
}
function shown(value, m) { return dressed(digits(value, m.n), m.u, value); }
function short(value, m) {
  var size = Math.abs(value), n = words().number; if (size < 1e6) return shown(value, m);
  var power = Math.min(String(Math.trunc(size)).length - 1, 14), part = size / n.divide[power];
  var text = (part * 4) % 1 === 0 && (part * 2) % 1 !== 0 ? (part % 1 === 0.25 ? part - 0.05 : part + 0.05).toFixed(1) : part.toFixed(1);
  var form = new Intl.PluralRules(L, { minimumFractionDigits: 1 }).select(Number(text)); var noun = n.words[power][form] || n.words[power].other;
  return (value < 0 ? "−" : "") + dressed(grouped(text) + "\u00a0" + noun, m.u, value);
}
function fold(text) { return String(text).normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase(); }
function copy(text, button) {
  var said = button.textContent;
  function done() { button.textContent = t("card.copied"); setTimeout(function () { button.textContent = said; }, 1500); }
  function old() {
    var area = el("textarea", {}, button.parentNode); area.value = text; area.select(); doc.execCommand("copy"); area.remove(); button.focus(); done();
  }
  if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, old); else old();
}
