// Opens, people and robots of a link over time, drawn by uPlot from what stands in data-link-chart. Drawn anew when it changes, and when light
// becomes dark.
(function () {
  var HEIGHT = 240;
  var drawn = null;

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  // Times of Asia/Shanghai, which is UTC and eight hours, wherever the reader is.
  function shanghai(seconds) {
    var at = new Date(seconds * 1000 + 8 * 3600 * 1000);
    return new Date(at.getTime() + at.getTimezoneOffset() * 60000);
  }

  function axis(more) {
    return Object.assign(
      {
        stroke: colour('--muted'),
        grid: { stroke: colour('--line'), width: 1 },
        ticks: { stroke: colour('--line'), width: 1 },
        font: '12px system-ui, sans-serif',
      },
      more,
    );
  }

  function whole(value) {
    return value == null ? '–' : String(value);
  }

  function options(given, width) {
    var labels = given.labels;
    var isHours = given.by === 'hour';
    return {
      width: width,
      height: HEIGHT,
      tzDate: shanghai,
      cursor: { y: false },
      scales: {
        x: { time: true },
        y: {
          range: function (_, least, most) {
            return [0, Math.max(4, Math.ceil((most || 0) * 1.1))];
          },
        },
      },
      axes: [
        axis({
          space: 80,
          incrs: isHours ? [3600, 21600, 43200, 86400, 604800] : [86400, 172800, 604800, 1209600, 2592000, 7776000],
          values: [
            [86400, '{MM}-{DD}', '\n{YYYY}', null, null, null, null, null, 1],
            [3600, '{HH}:{mm}', '\n{MM}-{DD}', null, '\n{MM}-{DD}', null, null, null, 1],
          ],
        }),
        axis({
          size: 52,
          incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6, 5e6, 1e7],
        }),
      ],
      series: [
        { label: labels.time, value: isHours ? '{YYYY}-{MM}-{DD} {HH}:{mm}' : '{YYYY}-{MM}-{DD}' },
        {
          label: labels.opens,
          stroke: colour('--accent'),
          fill: colour('--soft'),
          width: 2,
          points: { show: given.at.length < 60, size: 6 },
          value: function (_, v) {
            return whole(v);
          },
        },
        line(labels.people, '--good', null),
        line(labels.robots, '--muted', [6, 4]),
      ],
    };
  }

  function line(label, name, dash) {
    return {
      label: label,
      stroke: colour(name),
      dash: dash || undefined,
      width: 2,
      points: { show: false },
      value: function (_, v) {
        return whole(v);
      },
    };
  }

  function series(given) {
    return [given.at, given.opens, given.people, given.robots];
  }

  function draw() {
    var place = document.querySelector('[data-link-chart]');
    if (!place || !window.uPlot) return;
    if (drawn) drawn.destroy();
    drawn = null;
    var given = JSON.parse(place.dataset.linkChart);
    if (given.at.length < 2) return;
    drawn = new uPlot(options(given, place.clientWidth), series(given), place);
  }

  // The drawing stays in its place; only what it draws, and the table below it, are taken over.
  window.redrawChart = function (before, after) {
    var place = before.querySelector('[data-link-chart]');
    var fresh = after.querySelector('[data-link-chart]');
    if (!place || !fresh) return;
    var tables = [before.querySelector('.scroll, .empty'), after.querySelector('.scroll, .empty')];
    if (tables[0] && tables[1] && tables[0].innerHTML !== tables[1].innerHTML) tables[0].replaceWith(tables[1]);
    if (place.dataset.linkChart === fresh.dataset.linkChart) return;
    place.dataset.linkChart = fresh.dataset.linkChart;
    if (drawn) drawn.setData(series(JSON.parse(place.dataset.linkChart)));
    else draw();
  };

  var timer = 0;
  window.addEventListener('resize', function () {
    clearTimeout(timer);
    timer = setTimeout(draw, 150);
  });
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  draw();
})();
