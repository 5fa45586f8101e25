// Classes of the map: the same five limits, to the last digit, as `class_breaks` in Python.
var RAMP = ["r1", "r2", "r3", "r4", "r5", "r6"], TWO_SIGNS = ["d1", "d2", "d3", "d4", "d5", "d6"], SERIES = ["c1", "c2", "c3", "c4", "c5", "c6"];
function quantile(sorted, share) {
  var at = (sorted.length - 1) * share, low = Math.floor(at), part = at - low; var a = sorted[low], b = sorted[Math.min(low + 1, sorted.length - 1)];
  return part >= 0.5 ? b - (b - a) * (1 - part) : a + (b - a) * part;
}
function significant(value, places) {
  if (value === 0) return 0;
  var near = Number(value.toPrecision(places)), exact = Math.abs(value).toPrecision(100).replace(".", "").replace(/e.*$/, "").replace(/^0+/, "");
  if (!/^50*$/.test(exact.slice(places))) return near;
  var below = exact.slice(0, places), even = Number(below) % 2 === 0;
  var unit = Math.abs(near) >= Math.abs(value) ? near : null; // a tie was rounded away from zero
  if (unit === null || !even) return near;
  var power = Number(Math.abs(value).toExponential(places + 3).split("e")[1]) - places + 1; return (value < 0 ? -1 : 1) * Number(below + "e" + power);
}
function nextUp(value) {
  var view = new DataView(new ArrayBuffer(8)); view.setFloat64(0, value); view.setBigInt64(0, view.getBigInt64(0) + (value >= 0 ? 1n : -1n));
  return value === 0 ? Number.MIN_VALUE : view.getFloat64(0);
}
function classBreaks(values) {
  var up = function (a, b) { return a - b; };
  if (values.some(function (v) { return v < 0; })) {
    var far = values.filter(function (v) { return v !== 0; }).map(Math.abs).sort(up); var a = significant(quantile(far, 0.5), 1), b = significant(quantile(far, 0.85), 1);
    if (b <= a) b = 2 * a;
    return [-b, -a, 0, a, b];
  }
  var sorted = values.slice().sort(up); var limits = [1, 2, 3, 4, 5].map(function (k) { return significant(quantile(sorted, k / 6), 2); });
  for (var k = 1; k < 5; k += 1) if (limits[k] <= limits[k - 1]) limits[k] = nextUp(limits[k - 1]); return limits;
}
function classOf(breaks, value) {
  var k = 0; while (k < breaks.length && breaks[k] <= value) k += 1; return k;
}
function ramp(values) { return values.some(function (v) { return v < 0; }) ? TWO_SIGNS : RAMP; }
