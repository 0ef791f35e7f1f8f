// A classic script, run before the first paint, so that a chosen theme does not flash in late.
(function () {
  try {
    const theme = localStorage.getItem('mockauthy.theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch { /* storage is off: the system's theme it is */ }
})();
