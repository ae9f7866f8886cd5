// The audio player: <div class="player" data-player> with <audio>, a play button, a wave and the time.
import { each } from "./dom.js";

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
const SPEEDS = [1, 1.25, 1.5, 2];

each("[data-player]", (player) => {
  const audio = player.querySelector("audio");
  const wave = player.querySelector(".wave");
  const clip = player.querySelector("clipPath rect");
  const time = player.querySelector(".player-time");
  const speed = player.querySelector(".player-speed");
  const length = () => (Number.isFinite(audio.duration) ? audio.duration : Number(player.dataset.seconds) || 0);

  const show = () => {
    const part = length() ? audio.currentTime / length() : 0;
    clip?.setAttribute("width", String(part * 100));
    time.textContent = clock(audio.currentTime || length());
    wave?.setAttribute("aria-valuenow", String(Math.round(audio.currentTime)));
  };
  const seek = (part) => {
    audio.currentTime = Math.max(0, Math.min(1, part)) * length();
    show();
  };

  player.querySelector(".player-play").addEventListener("click", () => {
    for (const other of document.querySelectorAll("audio")) if (other !== audio) other.pause();
    audio.paused ? audio.play() : audio.pause();
  });
  for (const type of ["play", "pause", "ended"]) {
    audio.addEventListener(type, () => {
      player.classList.toggle("is-on", !audio.paused);
      player.querySelector(".player-play").setAttribute("aria-pressed", String(!audio.paused));
    });
  }
  audio.addEventListener("timeupdate", show);
  audio.addEventListener("loadedmetadata", show);
  wave?.addEventListener("click", (event) => {
    const box = wave.getBoundingClientRect();
    seek((event.clientX - box.left) / box.width);
  });
  wave?.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 5, ArrowLeft: -5 }[event.key];
    if (!step || !length()) return;
    event.preventDefault();
    seek((audio.currentTime + step) / length());
  });
  speed?.addEventListener("click", () => {
    audio.playbackRate = SPEEDS[(SPEEDS.indexOf(audio.playbackRate) + 1) % SPEEDS.length];
    speed.querySelector("[data-speed]").textContent = `${audio.playbackRate}×`;
  });
});
