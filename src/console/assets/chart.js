// Share and success over time, drawn by uPlot from what stands in data-chart. Drawn anew when it changes, and when light becomes dark.
(function () {
  var HEIGHT = 260;
  var drawn = null;

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  function percent(value) {
    return value == null ? '–' : Math.round(value * 1e4) / 1e4 + '%';
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

  function options(given, width) {
    var labels = given.labels;
    return {
      width: width,
      height: HEIGHT,
      tzDate: shanghai,
      cursor: { y: false },
      scales: {
        x: { time: true },
        // Roots, so that one in a thousand can be told from nothing.
        share: {
          range: [0, 100],
          distr: 100,
          fwd: Math.sqrt,
          bwd: function (v) {
            return v * v;
          },
        },
        success: {
          range: function (_, least) {
            return [Math.max(0, Math.min(90, Math.floor((least == null ? 90 : least) / 10) * 10 - 5)), 100];
          },
        },
      },
      axes: [
        axis({
          space: 90,
          values: [
            [86400, '{YYYY}-{MM}-{DD}', null, null, null, null, null, null, 1],
            [3600, '{HH}:{mm}', '\n{MM}-{DD}', null, '\n{MM}-{DD}', null, null, null, 1],
            [60, '{HH}:{mm}', '\n{MM}-{DD}', null, '\n{MM}-{DD}', null, null, null, 1],
            [1, '{HH}:{mm}:{ss}', '\n{MM}-{DD}', null, '\n{MM}-{DD}', null, null, null, 1],
          ],
        }),
        axis({
          scale: 'share',
          // What is told, whatever the scale: uPlot thins out scales of one's own.
          splits: function () {
            return [0, 1, 10, 25, 50, 100];
          },
          filter: function (_, splits) {
            return splits;
          },
          values: function (_, splits) {
            return splits.map(percent);
          },
          size: 56,
        }),
        axis({
          scale: 'success',
          side: 1,
          grid: { show: false },
          values: function (_, splits) {
            return splits.map(percent);
          },
          size: 56,
        }),
      ],
      series: [
        { label: labels.time, value: '{YYYY}-{MM}-{DD} {HH}:{mm}:{ss}' },
        {
          label: labels.share,
          scale: 'share',
          stroke: colour('--accent'),
          fill: colour('--soft'),
          width: 2,
          paths: uPlot.paths.stepped({ align: 1 }),
          points: { show: false },
          value: function (_, v) {
            return percent(v);
          },
        },
        line(labels.treatment, '--good', null),
        line(labels.control, '--muted', [6, 4]),
      ],
    };
  }

  function line(label, name, dash) {
    return {
      label: label,
      scale: 'success',
      stroke: colour(name),
      dash: dash || undefined,
      width: 2,
      spanGaps: true,
      points: { show: true, size: 6 },
      value: function (_, v) {
        return percent(v);
      },
    };
  }

  function draw() {
    var place = document.querySelector('[data-chart]');
    if (!place || !window.uPlot) return;
    if (drawn) drawn.destroy();
    drawn = null;
    var given = JSON.parse(place.dataset.chart);
    if (given.at.length < 2) return;
    drawn = new uPlot(
      options(given, place.clientWidth),
      [given.at, given.share, given.treatment, given.control],
      place,
    );
  }

  // The drawing stays in its place; only what it draws, and the table below it, are taken over.
  window.redrawChart = function (before, after) {
    var place = before.querySelector('[data-chart]');
    var fresh = after.querySelector('[data-chart]');
    if (!place || !fresh) return;
    var tables = [before.querySelector('.scroll, .empty'), after.querySelector('.scroll, .empty')];
    if (tables[0] && tables[1] && tables[0].innerHTML !== tables[1].innerHTML) tables[0].replaceWith(tables[1]);
    if (place.dataset.chart === fresh.dataset.chart) return;
    place.dataset.chart = fresh.dataset.chart;
    var given = JSON.parse(place.dataset.chart);
    if (drawn) drawn.setData([given.at, given.share, given.treatment, given.control]);
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
