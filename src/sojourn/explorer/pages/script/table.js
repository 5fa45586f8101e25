// The table: the map's twin, sortable, with trend, status and cell; or every year side by side.
var SORT = { by: "v", down: true }, FILTER = "";
function tableRows(rows) {
  var asked = fold(FILTER), kept = rows.filter(function (r) {
    return (S.n !== "chosen" || S.a.indexOf(r.area) >= 0) && (!asked || fold(areaName(r.area) + " " + areaCode(r.area)).indexOf(asked) >= 0);
  });
  if (SORT.by === "v" && SORT.down) return kept;
  var sign = SORT.down ? -1 : 1;
  return kept.slice().sort(function (x, y) {
    if (SORT.by === "a") return sign * areaName(x.area).localeCompare(areaName(y.area), L);
    return (x.v === null) - (y.v === null) || sign * (x.v - y.v);
  });
}
function head(words, by, numeric) {
  if (!by) return '<th scope="col"' + (numeric ? ' class="num"' : "") + ">" + esc(words) + "</th>";
  var on = SORT.by === by;
  return '<th scope="col"' + (numeric ? ' class="num"' : "") + ' aria-sort="' + (on ? (SORT.down ? "descending" : "ascending") : "none") + '"><button data-sort="' + by + '">' + esc(words) + '<span aria-hidden="true">' + (on ? (SORT.down ? " ↓" : " ↑") : " ↕") + "</span></button></th>";
}
function numberCell(c, m) {
  if (!c) return '<td class="num none">–</td>';
  return '<td class="num">' + (c.v === null ? '<button class="n none" data-a="' + c.area + '" data-y="' + c.period + '">' + esc(reason(c)) + "</button>"
    : '<button class="n" data-a="' + c.area + '" data-y="' + c.period + '">' + esc(shown(c.v, m)) + "</button>") + "</td>";
}
function tableView(rows, key, caption) {
  var m = unit(), own = measure(S.m), shard = SHARDS[shardName(own, S.s)], kept = tableRows(rows), years = yearsOf(key).all, out = []; var wide = S.n === "years";
  out.push('<div class="scroll" tabindex="0" role="region" aria-label="' + esc(caption) + '"><table><caption>' + esc(caption) + "</caption><thead><tr>" + head(t("place"), "a"));
  if (wide) years.forEach(function (p) { out.push(head(periodName(p), "", true)); });
  else out.push(head(t("value"), "v", true) + head(t("view_trend")) + head(t("card.status")) + head(t("card.cell")));
  out.push("</tr></thead><tbody>");
  kept.forEach(function (r) {
    var on = S.a.indexOf(r.area) >= 0;
    out.push('<tr' + (on ? ' class="on"' : "") + '><th scope="row"><button class="pick" data-pick="' + r.area + '" aria-pressed="' + on + '">' + esc(areaName(r.area)) + "</button></th>");
    if (wide) years.forEach(function (p) { out.push(numberCell(figure(shard, key, r.area, p), m)); });
    else {
      var w = where(r.shard, r.key, r.i), said = w.n > 1 ? t("card.status_sum", { n: digits(w.n, 0) }) : isOurs(r.key) ? "" : t("printed");
      if (r.s !== "A" && r.v !== null) said += (said && "; ") + t("status_" + r.s);
      out.push(numberCell(r, m) + "<td>" + (years.length > 1 ? sparkline(years.map(function (p) { return cell(shard, key, r.area, p); }).filter(Boolean), 84, 22) : "") + "</td><td>" + esc(said) + '</td><td class="cell">' + esc(address(r).split("#")[1] || "") + "</td>");
    }
    out.push("</tr>");
  });
  return out.join("") + "</tbody></table></div>";
}
