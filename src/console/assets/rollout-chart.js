// Share and success of a rollout over time; draw-chart.js draws it.
(function () {
  var parts = window.chartParts;

  function percent(value) {
    return value == null ? '–' : Math.round(value * 1e4) / 1e4 + '%';
  }

  function percents(_, splits) {
    return splits.map(percent);
  }

  function success(label, name, dash) {
    return parts.line(label, name, percent, {
      scale: 'success',
      dash: dash,
      spanGaps: true,
      points: { show: true, size: 6 },
    });
  }

  function options(given) {
    var labels = given.labels;
    return {
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
        parts.axis({
          space: 90,
          values: [
            [86400, '{YYYY}-{MM}-{DD}', null, null, null, null, null, null, 1],
            [3600, '{HH}:{mm}', '\n{MM}-{DD}', null, '\n{MM}-{DD}', null, null, null, 1],
            [60, '{HH}:{mm}', '\n{MM}-{DD}', null, '\n{MM}-{DD}', null, null, null, 1],
            [1, '{HH}:{mm}:{ss}', '\n{MM}-{DD}', null, '\n{MM}-{DD}', null, null, null, 1],
          ],
        }),
        parts.axis({
          scale: 'share',
          // What is told, whatever the scale: uPlot thins out scales of one's own.
          splits: function () {
            return [0, 1, 10, 25, 50, 100];
          },
          filter: function (_, splits) {
            return splits;
          },
          values: percents,
          size: 56,
        }),
        parts.axis({ scale: 'success', side: 1, grid: { show: false }, values: percents, size: 56 }),
      ],
      series: [
        { label: labels.time, value: '{YYYY}-{MM}-{DD} {HH}:{mm}:{ss}' },
        parts.line(labels.share, '--accent', percent, {
          scale: 'share',
          fill: parts.colour('--shade'),
          paths: uPlot.paths.stepped({ align: 1 }),
          points: { show: false },
        }),
        success(labels.treatment, '--good-ink'),
        success(labels.control, '--muted', [6, 4]),
      ],
    };
  }

  window.drawChart({
    height: 260,
    options: options,
    columns: function (given) {
      return [given.at, given.share, given.treatment, given.control];
    },
  });
})();
