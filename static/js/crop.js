// The frame over the picture by mouse (Cropper.js) and by the page's own buttons. It only writes the number boxes;
// the server cuts. Without scripts each button is a round trip to the server.
const RATIO = 390 / 567;
const picture = document.getElementById("crop-picture");
const form = document.getElementById("adjust");
const boxes = Object.fromEntries(["left", "top", "width", "turn"].map((name) => [name, form.elements[name]]));
const least = Number(form.dataset.least);
const status = document.getElementById("crop-status");
const preview = document.getElementById("crop-preview");

const typed = () => Object.fromEntries(Object.entries(boxes).map(([name, box]) => [name, Number(box.value) || 0]));

function write({ left, top, width, turn }) {
  for (const [name, value] of Object.entries({ left, top, width, turn })) boxes[name].value = value;
}

function say() {
  status.textContent = Object.entries(typed()).reduce((text, [name, value]) => text.replace(`{${name}}`, value), status.dataset.text);
}

const between = (low, number, high) => Math.max(low, Math.min(number, high));

// The nearest frame inside the turned picture; crops.py says the same.
function inside({ left, top, width, turn }) {
  const upright = turn % 180 === 0;
  const across = upright ? picture.naturalWidth : picture.naturalHeight;
  const down = upright ? picture.naturalHeight : picture.naturalWidth;
  const most = Math.min(across, Math.floor(down * RATIO));
  const fitted = between(Math.min(least, most), width, most);
  const height = Math.round(fitted / RATIO);
  return { left: between(0, left, across - fitted), top: between(0, top, down - height), width: fitted, turn };
}

function middle(turn) {
  const whole = inside({ left: 0, top: 0, width: Infinity, turn });
  const far = inside({ ...whole, left: Infinity, top: Infinity });
  return { ...whole, left: Math.floor(far.left / 2), top: Math.floor(far.top / 2) };
}

const STEPS = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] };
const SCALES = { closer: 0.9, wider: 1.1 };
const TURNS = { "turn-left": 270, "turn-right": 90 };

function moved(frame, how) {
  if (how in TURNS) return middle((frame.turn + TURNS[how]) % 360);
  if (how in SCALES) {
    const { width } = inside({ ...frame, width: Math.round(frame.width * SCALES[how]) });
    const by = (frame.width - width) / 2;
    return inside({ ...frame, width, left: Math.floor(frame.left + by), top: Math.floor(frame.top + by / RATIO) });
  }
  if (!(how in STEPS)) return inside(frame);
  const step = Math.max(1, Math.floor(frame.width / 20));
  return inside({ ...frame, left: frame.left + STEPS[how][0] * step, top: frame.top + STEPS[how][1] * step });
}

function start() {
  let isReady = false;
  document.getElementById("crop-drag").hidden = false;
  const cropper = new window.Cropper(picture, {
    aspectRatio: RATIO,
    viewMode: 1,
    autoCropArea: 1,
    background: false,
    checkCrossOrigin: false,
    checkOrientation: false,
    movable: false,
    zoomable: false,
    toggleDragModeOnDblclick: false,
    dragMode: "none",
    preview,
    ready: () => show(inside(typed())),
    crop: () => {
      if (!isReady) return;
      const found = cropper.getData(true);
      write(inside({ left: found.x, top: found.y, width: found.width, turn: (found.rotate + 360) % 360 }));
    },
    cropend: () => show(typed()),
  });

  function show(frame) {
    isReady = false;
    cropper.rotateTo(frame.turn);
    cropper.setData({ x: frame.left, y: frame.top, width: frame.width, height: Math.round(frame.width / RATIO) });
    write(frame);
    isReady = true;
    say();
  }

  form.addEventListener("click", (event) => {
    const how = event.target.closest("[data-do]")?.dataset.do;
    if (!how) return;
    event.preventDefault();
    show(moved(typed(), how));
  });
  for (const box of Object.values(boxes)) box.addEventListener("change", () => show(inside(typed())));
}

if (window.Cropper) start();
