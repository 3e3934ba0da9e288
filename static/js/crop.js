// The frame over the picture by mouse (Cropper.js) and by buttons. It only fills in numbers; the server cuts.
const RATIO = 390 / 567;
const STEPS = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] };
const SCALES = { closer: 0.9, wider: 1.1 };
const TURNS = { "turn-left": -90, "turn-right": 90 };

const form = document.getElementById("adjust");
const status = document.getElementById("crop-status");
const boxes = ["left", "top", "width", "turn"].map((name) => form.elements[name]);

const numbers = () => boxes.map((box) => Number(box.value) || 0);

function start(picture) {
  let cropper, resized;
  frame(numbers());
  // Cropper would scale the numbers with the window, as where a phone is turned: it is begun anew with the same ones.
  window.addEventListener("resize", () => {
    clearTimeout(resized);
    resized = setTimeout(() => frame(numbers()), 100);
  });

  function frame(stored) {
    cropper?.destroy();
    cropper = new window.Cropper(picture, {
      aspectRatio: RATIO,
      viewMode: 1,
      background: false,
      checkCrossOrigin: false,
      checkOrientation: false,
      responsive: false,
      zoomable: false,
      dragMode: "none",
      preview: "#crop-preview",
      ready: () => show(...stored),
      crop: write,
      cropend: () => show(...numbers()),
    });
  }

  function show(left, top, width, turn) {
    const view = cropper.getContainerData();
    // A turned picture is fitted into the view again; Cropper moves it only as far as the frame stays on it.
    cropper.setCropBoxData({ left: view.width / 2, top: view.height / 2, width: 1, height: 1 });
    cropper.rotateTo(turn);
    const { naturalWidth: across, naturalHeight: down } = cropper.getCanvasData();
    const scale = Math.min(view.width / across, view.height / down);
    cropper.setCanvasData({ left: (view.width - across * scale) / 2, top: (view.height - down * scale) / 2, width: across * scale });
    const wide = Math.min(Math.max(width, form.dataset.least), Math.floor(Math.min(across, down * RATIO)));
    cropper.setData({ x: left, y: top, width: wide, height: wide / RATIO });
  }

  function write() {
    const { x, y, width, rotate } = cropper.getData(true);
    const values = [x, y, width, (rotate + 360) % 360];
    boxes.forEach((box, place) => (box.value = values[place]));
    status.textContent = values.reduce((text, each) => text.replace("{}", each), status.dataset.text);
  }

  function move(how) {
    const [left, top, width, turn] = numbers();
    const [across, down] = STEPS[how] ?? [0, 0];
    const scaled = width * (SCALES[how] ?? 1);
    const aside = (width - scaled) / 2;
    if (!(how in TURNS)) return show(left + (across * width) / 20 + aside, top + (down * width) / 20 + aside / RATIO, scaled, turn);
    const { naturalHeight: broad, naturalWidth: high } = cropper.getCanvasData();
    const whole = Math.floor(Math.min(broad, high * RATIO));
    show((broad - whole) / 2, (high - whole / RATIO) / 2, whole, turn + TURNS[how]);
  }

  form.addEventListener("click", (event) => {
    const how = event.target.closest("[data-do]")?.dataset.do;
    if (!how) return;
    event.preventDefault();
    move(how);
  });
  for (const box of boxes) box.addEventListener("change", () => move(""));
  document.getElementById("crop-drag").hidden = false;
}

if (window.Cropper) start(document.getElementById("crop-picture"));
