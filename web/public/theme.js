// Runs before the first paint, so that a dark room stays dark. The rest is in src/lib/theme.ts.
(function () {
  var theme = null;
  try {
    theme = localStorage.getItem('visavis.theme');
  } catch {
    // Then the system decides.
  }
  if (theme !== 'light' && theme !== 'dark') {
    theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  }
  document.documentElement.dataset.theme = theme;
})();
