// Plain ES5, because it must run where nothing else does: sends engines that cannot keep files
// safely to a page that says so in Chinese. Without this they would show an empty screen.
(function () {
  'use strict';

  // In the window the store is native and the engine need only draw; in a browser it must also
  // give a worker synchronous file handles, which Chromium does properly from 109 on.
  var inWindow = !!(window.__TAURI__ || window.__TAURI_INTERNALS__);
  var chromium = /Chrom(?:e|ium)\/(\d+)/.exec(navigator.userAgent);

  function reason() {
    if (typeof WebAssembly !== 'object' || !('noModule' in document.createElement('script'))) {
      return 'engine';
    }
    if (chromium && Number(chromium[1]) < (inWindow ? 97 : 109)) return 'engine';
    if (inWindow) return '';
    // Asked before the others: without https the browser hides all of them.
    if (!window.isSecureContext) return 'insecure';
    if (!navigator.locks || !window.BroadcastChannel || !window.indexedDB) return 'engine';
    if (!navigator.storage || !navigator.storage.getDirectory) return 'storage';
    return '';
  }

  // The look chosen last (ui/src/app/look.rs), before anything is drawn: no white flash at night.
  function look() {
    var root = document.documentElement;
    var theme = window.localStorage.getItem('yidang.theme');
    var night = window.matchMedia('(prefers-color-scheme: dark)').matches;
    if (theme === 'dark' || (theme !== 'light' && night)) root.setAttribute('data-theme', 'dark');
    if (window.localStorage.getItem('yidang.care') === 'yes') root.setAttribute('data-mode', 'care');
  }

  var why = reason();
  if (!why) {
    try {
      look();
    } catch (refused) {
      // Storage may be refused here; the replica says so in words.
    }
    return;
  }
  // The door is a module and runs later: it must not start anything while this page leaves.
  window.yidangTooOld = true;
  var scripts = document.getElementsByTagName('script');
  var folder = scripts[scripts.length - 1].src.replace(/[^\/]*$/, '');
  window.location.replace(folder + 'too-old.html#' + why);
})();
