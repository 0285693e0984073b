// Figures over time, drawn by uPlot from what stands in data-chart. What a chart shows is handed in by its own file, run after this one:
//   height   in pixels
//   options  (given) => what uPlot is told besides the size; built from the parts in chartParts
//   columns  (given) => the moments, then the values of each series
// Drawn anew when the page becomes narrower or wider, and when light becomes dark.
(function () {
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

  /** A line in one of the page's colours; `told` says a value in words. */
  function line(label, name, told, more) {
    return Object.assign(
      {
        label: label,
        stroke: colour(name),
        width: 2,
        value: function (_, value) {
          return told(value);
        },
      },
      more,
    );
  }

  window.chartParts = { colour: colour, axis: axis, line: line };

  window.drawChart = function (chart) {
    var drawn = null;

    function draw() {
      var place = document.querySelector('[data-chart]');
      if (!place || !window.uPlot) return;
      if (drawn) drawn.destroy();
      drawn = null;
      var given = JSON.parse(place.dataset.chart);
      if (given.at.length < 2) return;
      var size = { width: place.clientWidth, height: chart.height, tzDate: shanghai, cursor: { y: false } };
      drawn = new uPlot(Object.assign(size, chart.options(given)), chart.columns(given), place);
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
      if (drawn) drawn.setData(chart.columns(JSON.parse(place.dataset.chart)));
      else draw();
    };

    var timer = 0;
    window.addEventListener('resize', function () {
      clearTimeout(timer);
      timer = setTimeout(draw, 150);
    });
    window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
    draw();
  };
})();
