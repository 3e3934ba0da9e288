// The frame of the stamped page by mouse (Cropper.js) and by buttons. It only fills in numbers; the server cuts.
// Left and top count from the mat: the A4 sheet around the picture, their middles in one place (page_crops.py).
const RATIO = 297 / 210;
const STEPS = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] };
const SCALES = { closer: 0.95, wider: 1.05 };
const TURNS = { "turn-left": 270, "turn-right": 90 };
const TILTS = { "tilt-left": -5, "tilt-right": 5 };

const form = document.getElementById("adjust");
const box = (name) => form.elements[name];
const between = (low, number, high) => Math.max(low, Math.min(number, high));

function start(picture) {
  const [broad, high] = [Number(picture.getAttribute("width")), Number(picture.getAttribute("height"))];
  const status = document.getElementById("crop-status");
  let cropper, resized, quiet = true;

  const read = () => ({
    left: Number(box("left").value) || 0,
    top: Number(box("top").value) || 0,
    width: Number(box("width").value) || 0,
    turn: Number(box("turn").value),
    tilt: Math.round((Number(box("tilt").value) || 0) * 10),
  });
  const mat = (turn) => {
    const [across, down] = turn % 180 ? [high, broad] : [broad, high];
    const width = Math.max(across, Math.ceil((down - 0.5) / RATIO));
    return [width, Math.round(width * RATIO)];
  };

  document.getElementById("crop-mat").remove();
  picture.hidden = false;
  frame();
  // Cropper would scale the numbers with the window: it is begun anew with the same ones.
  window.addEventListener("resize", () => {
    clearTimeout(resized);
    resized = setTimeout(frame, 100);
  });

  function frame() {
    cropper?.destroy();
    quiet = true;
    cropper = new window.Cropper(picture, {
      aspectRatio: 1 / RATIO,
      viewMode: 0,
      background: false,
      checkCrossOrigin: false,
      checkOrientation: false,
      responsive: false,
      zoomable: false,
      dragMode: "none",
      preview: "#crop-preview",
      ready: () => show(read()),
      crop: () => quiet || write(seen()),
      cropend: () => changed(read()),
    });
  }

  // What is `typed` stays as it was typed: left may be entered before the width that makes room for it.
  function show({ left, top, width, turn, tilt }, typed = false) {
    const [across, down] = mat(turn);
    const wanted = { turn, tilt: between(-form.dataset.mostTilt, tilt, form.dataset.mostTilt) };
    wanted.width = Math.round(between(Math.min(form.dataset.least, across), width, across));
    wanted.left = Math.round(between(0, left, across - wanted.width));
    wanted.top = Math.round(between(0, top, down - Math.round(wanted.width * RATIO)));
    quiet = true;
    cropper.rotateTo(turn + wanted.tilt / 10);
    const view = cropper.getContainerData();
    const canvas = cropper.getCanvasData();
    // A little air: a frame as large as the view would count as larger by a rounding, and stay where it was.
    const scale = 0.97 * Math.min(view.width / across, view.height / down);
    cropper.setCanvasData({
      left: (view.width - canvas.naturalWidth * scale) / 2,
      top: (view.height - canvas.naturalHeight * scale) / 2,
      width: canvas.naturalWidth * scale,
    });
    const [x, y] = beside(turn);
    cropper.setData({ x: wanted.left - x, y: wanted.top - y, width: wanted.width, height: wanted.width * RATIO });
    if (typed) say(wanted);
    else write(wanted);
    quiet = false;
  }

  // How far the corner of the turned picture lies from the mat's.
  function beside(turn) {
    const [across, down] = mat(turn);
    const { naturalWidth, naturalHeight } = cropper.getCanvasData();
    return [(across - naturalWidth) / 2, (down - naturalHeight) / 2];
  }

  function seen() {
    const { turn, tilt } = read();
    const [x, y] = beside(turn);
    const data = cropper.getData();
    return { left: Math.round(data.x + x), top: Math.round(data.y + y), width: Math.round(data.width), turn, tilt };
  }

  function write(numbers) {
    for (const name of ["left", "top", "width", "turn"]) box(name).value = numbers[name];
    box("tilt").value = (numbers.tilt / 10).toFixed(1);
    say(numbers);
  }

  function say(numbers) {
    const size = `${numbers.width}×${Math.round(numbers.width * RATIO)}`;
    status.textContent = status.dataset.text.replace("{}", size);
  }

  function changed(numbers, typed = false) {
    show(numbers, typed);
    document.getElementById("crop-hints").hidden = true;
    document.getElementById("crop-stale").hidden = false;
  }

  function move(how) {
    const now = read();
    if (how in TURNS || how === "whole") {
      const turn = how === "whole" ? 0 : (now.turn + TURNS[how]) % 360;
      return changed({ left: 0, top: 0, width: mat(turn)[0], turn, tilt: 0 });
    }
    if (how in TILTS) return changed({ ...now, tilt: now.tilt + TILTS[how] });
    const [across, down] = STEPS[how] ?? [0, 0];
    const width = now.width * (SCALES[how] ?? 1);
    const aside = (now.width - width) / 2;
    changed({ ...now, width, left: now.left + (across * now.width) / 40 + aside, top: now.top + (down * now.width) / 40 + aside * RATIO });
  }

  form.addEventListener("click", (event) => {
    const how = event.target.closest("[data-do]")?.dataset.do;
    if (!how) return;
    event.preventDefault();
    move(how);
  });
  for (const name of ["left", "top", "width", "tilt"]) box(name).addEventListener("change", () => changed(read(), true));
  box("turn").addEventListener("change", () => {
    const turn = Number(box("turn").value);
    changed({ left: 0, top: 0, width: mat(turn)[0], turn, tilt: 0 });
  });
  form.querySelector("select[name=page]")?.addEventListener("change", () => document.getElementById("crop-again").click());
  document.getElementById("crop-drag").hidden = false;
}

if (window.Cropper) start(document.getElementById("crop-picture"));
