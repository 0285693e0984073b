// Opens, people and robots of a link over time; draw-chart.js draws it.
(function () {
  var parts = window.chartParts;

  function whole(value) {
    return value == null ? '–' : String(value);
  }

  function options(given) {
    var labels = given.labels;
    var isHours = given.by === 'hour';
    return {
      scales: {
        x: { time: true },
        y: {
          range: function (_, least, most) {
            return [0, Math.max(4, Math.ceil((most || 0) * 1.1))];
          },
        },
      },
      axes: [
        parts.axis({
          space: 80,
          incrs: isHours ? [3600, 21600, 43200, 86400, 604800] : [86400, 172800, 604800, 1209600, 2592000, 7776000],
          values: [
            [86400, '{MM}-{DD}', '\n{YYYY}', null, null, null, null, null, 1],
            [3600, '{HH}:{mm}', '\n{MM}-{DD}', null, '\n{MM}-{DD}', null, null, null, 1],
          ],
        }),
        parts.axis({
          size: 52,
          incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6, 5e6, 1e7],
        }),
      ],
      series: [
        { label: labels.time, value: isHours ? '{YYYY}-{MM}-{DD} {HH}:{mm}' : '{YYYY}-{MM}-{DD}' },
        parts.line(labels.opens, '--accent', whole, {
          fill: parts.colour('--shade'),
          points: { show: given.at.length < 60, size: 6 },
        }),
        parts.line(labels.people, '--good-ink', whole, { points: { show: false } }),
        parts.line(labels.robots, '--muted', whole, { dash: [6, 4], points: { show: false } }),
      ],
    };
  }

  window.drawChart({
    height: 240,
    options: options,
    columns: function (given) {
      return [given.at, given.opens, given.people, given.robots];
    },
  });
})();
