// Moves the dots of each play to the moment of its slider, and keeps slider and clip together.
for (const play of document.querySelectorAll(".play")) {
  const { start_s, people } = JSON.parse(play.querySelector("script").textContent);
  const [slider, video] = [play.querySelector("input"), play.querySelector("video")];
  const dots = play.querySelectorAll(".dot");
  const show = (time) => {
    slider.value = time;
    people.forEach(({ times_s, places_m }, index) => {
      const after = times_s.findIndex((t) => t >= time - 0.01);
      const isHere = after >= 0 && times_s[after] - time < 0.5;
      dots[index].style.display = isHere ? "" : "none";
      if (isHere) dots[index].setAttribute("transform", `translate(${places_m[after]})`);
    });
  };
  slider.addEventListener("input", () => {
    show(Number(slider.value));
    if (video) video.currentTime = Number(slider.value) - start_s;
  });
  if (!video) continue;
  const follow = () => {
    show(start_s + video.currentTime);
    if (!video.paused) requestAnimationFrame(follow);
  };
  video.addEventListener("play", follow);
  video.addEventListener("seeked", follow);
}
