/* What the player of a page can do besides; no page needs it. Its words stand in the page, in data- attributes. */
"use strict";
(() => {
  const EARLY_SECONDS = 0.05; // browsers may seek to just before a moment
  const REMEMBER_EVERY_SECONDS = 5;
  const START_SECONDS = 10; // who came no further begins anew
  const END_SECONDS = 30; // who came so far has heard it
  const HOLD_MILLISECONDS = 6000; // the transcript stays where a reader put it

  // What some browsers lack, and others refuse by throwing.
  const attempt = (act) => {
    try {
      return act();
    } catch {
      return null;
    }
  };
  const recall = (key) => attempt(() => Number(localStorage.getItem(`podcast:${key}`))) || 0;
  const remember = (key, value) => attempt(() => localStorage.setItem(`podcast:${key}`, value));

  const actionOf = (name) => document.querySelector(`[data-action="${name}"]`);
  const listen = (target, names, act) => {
    for (const name of names.split(" ")) if (target) target.addEventListener(name, act);
  };

  // What only works with this script stands hidden on the page.
  for (const control of document.querySelectorAll("[data-action]")) {
    for (let at = control.closest("[hidden]"); at; at = at.closest("[hidden]")) at.hidden = false;
  }

  // -- copying

  const copy = async (source) => {
    try {
      await navigator.clipboard.writeText(source.value || source.textContent.trim()); // https or this machine only
      return true;
    } catch {
      if (source.select) source.select();
      else getSelection().selectAllChildren(source);
      return document.execCommand("copy"); // all that plain http has
    }
  };

  for (const button of document.querySelectorAll('[data-action="copy"]')) {
    const label = [...button.childNodes];
    let timer = 0;
    button.setAttribute("aria-live", "polite");
    listen(button, "click", async () => {
      const source = document.getElementById(button.dataset.copies);
      if (!source || !(await copy(source))) return;
      button.textContent = button.dataset.done;
      clearTimeout(timer);
      timer = setTimeout(() => button.replaceChildren(...label), 3000);
    });
  }

  const audio = document.getElementById("audio");
  const player = document.getElementById("player");
  if (!audio || !player) return;

  // -- playing

  const positionKey = `position:${player.dataset.guid}`;
  let resumeAt = recall(positionKey);

  // Caught: a recording that does not load, a browser that wants a click.
  const play = () => Promise.resolve(audio.play()).catch(() => {});
  const toggle = () => (audio.paused ? play() : audio.pause());
  const seek = (seconds) => {
    if (isNaN(seconds)) return;
    resumeAt = 0; // what is asked for wins over what is remembered
    audio.currentTime = Math.max(0, Math.min(seconds, audio.duration || seconds));
    follow();
  };
  const skip = (name) => {
    const { seconds } = (actionOf(name) || player).dataset;
    seek((audio.currentTime || resumeAt) + (name === "back" ? -seconds : +seconds));
  };
  for (const name of ["back", "forward"]) listen(actionOf(name), "click", () => skip(name));

  // -- speed

  const rates = actionOf("rate");
  const optionOf = (rate) => rates && [...rates.options].find((option) => Number(option.value) === rate);
  const setRate = (option) => {
    if (!option) return;
    option.selected = true; // at once: ratechange comes later than the next key
    audio.defaultPlaybackRate = audio.playbackRate = option.value; // loading resets it to that
  };
  const changeRate = (by) => rates && setRate(rates.options[rates.selectedIndex + by]);
  const showRate = () => {
    const option = optionOf(audio.playbackRate); // none: chosen in the browser's own menu
    if (option) option.selected = true;
  };
  setRate(optionOf(recall("rate")));
  showRate();
  listen(rates, "change", () => changeRate(0));
  listen(audio, "ratechange", showRate);
  listen(audio, "ratechange", () => remember("rate", audio.playbackRate));

  // -- keys: while the focus is in the player (WCAG 2.1.4), and not on what uses the key itself

  const keys = { " ": toggle, k: toggle, "<": () => changeRate(-1), ">": () => changeRate(1) };
  keys.j = keys.arrowleft = () => skip("back");
  keys.l = keys.arrowright = () => skip("forward");
  for (let tenth = 0; tenth < 10; tenth++) keys[tenth] = () => seek(tenth && (tenth / 10) * audio.duration);

  const usesItself = (target, key) =>
    target.closest('select, textarea, input:not([type="checkbox"])') ||
    (key === " " && target.closest("button, input, summary, audio")) ||
    (key.startsWith("arrow") && target === audio);

  listen(player, "keydown", (event) => {
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.altKey || event.metaKey || !keys[key] || usesItself(event.target, key)) return;
    event.preventDefault();
    keys[key]();
  });

  // -- links to a moment: #t=90, 1:30, 1:02:03; of a range (10,20) its start (Media Fragments)

  const momentOf = (hash) => {
    const times = /[#&]t=(?:npt:)?(?:(?:(\d{1,9}):)?(\d{1,9}):)?(\d{1,9}(?:\.\d*)?|(?=,))(?![\d.:])/;
    const found = times.exec(hash.replace(/%3a/gi, ":"));
    return found ? (found[1] || 0) * 3600 + (found[2] || 0) * 60 + Number(found[3]) : NaN;
  };
  const seekAddress = () => seek(momentOf(location.hash));
  listen(window, "hashchange", seekAddress);

  listen(document, "click", (event) => {
    const link = event.target.closest('a[href*="#t="]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const [place] = link.getAttribute("href").split("#");
    const seconds = momentOf(link.hash);
    if (isNaN(seconds) || (place && place !== audio.getAttribute("src"))) return;
    event.preventDefault();
    seek(seconds);
    play();
    attempt(() => history.replaceState(history.state, "", `#t=${Math.floor(seconds)}`)); // to be copied from there
  });

  // -- the chapter and the paragraph that are playing

  const box = document.getElementById("transcript");
  const follows = actionOf("follow");
  const lists = ["#transcript", ".chapters"].map((place) => ({
    elements: [...document.querySelectorAll(`${place} [data-start]`)],
  }));
  let heldUntil = 0;
  let ownUntil = 0;

  // The transcript's own box, never the page; and not while somebody reads elsewhere in it.
  const reveal = (element) => {
    if (!box || !box.contains(element) || (follows && !follows.checked) || Date.now() < heldUntil) return;
    const above = element.getBoundingClientRect().top - box.getBoundingClientRect().top;
    ownUntil = Date.now() + 1000;
    box.scrollBy(0, above - box.clientHeight / 4);
  };
  const hold = (event) => {
    if (event.type !== "scroll" || Date.now() > ownUntil) heldUntil = Date.now() + HOLD_MILLISECONDS;
  };
  listen(box, "wheel touchmove scroll", hold);
  listen(follows, "change", () => {
    heldUntil = 0;
    reveal(lists[0].current);
  });

  const follow = () => {
    const now = audio.currentTime + EARLY_SECONDS;
    for (const list of lists) {
      const current = list.elements.filter((element) => element.dataset.start <= now).pop();
      if (current === list.current) continue;
      if (list.current) list.current.removeAttribute("aria-current");
      list.current = current;
      if (current) current.setAttribute("aria-current", "true");
      reveal(current);
    }
  };

  // -- the position, remembered under the episode's guid

  let rememberedAt = 0;
  const savePosition = () => {
    if (!audio.played.length) return; // #t= alone is no listening
    attempt(() => history.replaceState("heard", ""));
    rememberedAt = audio.currentTime;
    const isBetween = rememberedAt >= START_SECONDS && !(audio.duration - rememberedAt < END_SECONDS);
    remember(positionKey, isBetween ? rememberedAt.toFixed(1) : 0);
  };
  listen(audio, "pause ended", savePosition);
  listen(window, "pagehide", savePosition);
  listen(audio, "timeupdate", () => {
    follow();
    if (Math.abs(audio.currentTime - rememberedAt) >= REMEMBER_EVERY_SECONDS) savePosition();
  });

  listen(audio, "play", () => {
    const moment = audio.currentTime < 1 ? resumeAt : 0;
    resumeAt = 0;
    if (!moment) return;
    seek(moment);
    const status = player.querySelector("[role=status]");
    const time = new Date(moment * 1000).toISOString().slice(11, 19).replace(/^(00:)?0?/, "");
    if (status) status.textContent = (status.dataset.resumed || "").replace("{time}", time);
  });

  // -- the lock screen, headphones, media keys (Media Session)

  listen(audio, "play", () =>
    attempt(() => {
      const session = navigator.mediaSession;
      const picture = document.querySelector("main img"); // not og:image, which may be on another host
      session.metadata = new MediaMetadata({
        title: (document.querySelector("h1") || document.querySelector("title")).textContent.trim(),
        artist: player.dataset.show || "",
        artwork: picture ? [{ src: picture.src }] : [],
      });
      session.setActionHandler("seekbackward", () => skip("back"));
      session.setActionHandler("seekforward", () => skip("forward"));
    }),
  );

  if (!resumeAt || history.state !== "heard") seekAddress(); // else a reload
})();
