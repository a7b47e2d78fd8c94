// Lets the reader choose another square of a photo, on a small copy of the whole photo. Squares are in pixels of the
// photo itself.
const cropping = ({ card_name, changed }) => {
  // The number of steps that an approved list has for each length (crop_box.rs).
  const STEPS = 100_000;
  // The side of the smallest square: at least this share of the photo's shorter side, and at least the pixels of a
  // thumbnail.
  const [SMALLEST_SHARE, SMALLEST_PIXELS] = [0.05, 96];
  // How far an arrow key moves the square, without and with Shift, as shares of the photo's shorter side; and the
  // factor by which one step of the wheel, or + and -, changes its size.
  const [STEP, LEAP, GROWTH] = [0.01, 0.05, 1.05];
  // Twice the pixels that a card shows, for sharp screens and for the larger view.
  const SHOWN = 192;
  const SQUARE = /^(?:[\d.]+ ){2}[\d.]+(?: \d+)?$/;

  const chosen = new Map();
  const cuts = new Map();
  const is_croppable = (card) => card.dataset.whole !== undefined;
  const size = (card) => card.dataset.photo.split(" ").map(Number);

  const read = (card, text) => {
    const [[width, height], [left, top, side]] = [size(card), text.split(" ").map(Number)];
    return { left: left * width, top: top * height, side: side * Math.min(width, height) };
  };
  const write = (card, { left, top, side }) => {
    const [width, height] = size(card);
    const share = (length, whole) => String(Math.round((length / whole) * STEPS) / STEPS);
    const turn = card.dataset.crop.split(" ").slice(3);
    return [share(left, width), share(top, height), share(side, Math.min(width, height)), ...turn].join(" ");
  };
  // Returns the nearest square inside the photo.
  const inside = (card, { left, top, side }) => {
    const [width, height] = size(card);
    const short = Math.min(width, height);
    const smallest = Math.min(short, Math.max(SMALLEST_PIXELS, short * SMALLEST_SHARE));
    const length = Math.min(Math.max(side, smallest), short);
    const place = (start, whole) => Math.min(Math.max(start, 0), whole - length);
    return { left: place(left, width), top: place(top, height), side: length };
  };
  const square = (card) => chosen.get(card.id) ?? read(card, card.dataset.crop);
  // Returns what the approved list says about the square: nothing if nobody has chosen it.
  const listed = (card) => {
    if (!is_croppable(card)) return "";
    if (chosen.has(card.id)) return write(card, chosen.get(card.id));
    return card.dataset.byHand === undefined ? "" : card.dataset.crop;
  };

  // The new photo on the card follows the square at once.
  const whole = async (card) => {
    const picture = new Image();
    picture.src = `data:image/jpeg;base64,${card.dataset.whole}`;
    await picture.decode();
    return picture;
  };
  const frame_of = (card) => Array.from(card.querySelectorAll(".faces .photo")).at(-1);
  const show = (card, picture) => {
    if (chosen.has(card.id)) {
      const { left, top, side } = square(card);
      const scale = picture.naturalWidth / size(card)[0];
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = SHOWN;
      const from = [left, top, side, side].map((length) => length * scale);
      canvas.getContext("2d").drawImage(picture, ...from, 0, 0, SHOWN, SHOWN);
      cuts.set(card.id, canvas.toDataURL("image/jpeg", 0.9));
    } else cuts.delete(card.id);
    const frame = frame_of(card);
    const photo = frame.querySelector(":scope > img");
    if (photo) photo.src = cut(frame) ?? /data:[^"]+/.exec(frame.querySelector("noscript").textContent)[0];
  };
  // Returns the picture that a frame shows instead of its own, if another square was chosen.
  const cut = (frame) => {
    const card = frame.closest(".card");
    return card && frame === frame_of(card) ? cuts.get(card.id) : undefined;
  };

  const element = (kind, properties, ...children) => {
    const made = Object.assign(document.createElement(kind), properties);
    made.append(...children);
    return made;
  };
  const open = (card) => {
    const name = card_name(card);
    const [width, height] = size(card);
    const handle = element("div", { className: "square", tabIndex: 0 });
    handle.setAttribute("role", "application");
    handle.setAttribute("aria-label", `Square of the photo of ${name}: arrow keys move it, plus and minus resize it`);
    const image = element("img", { alt: `Whole photo of ${name}`, draggable: false });
    const area = element("div", { className: "whole" }, image, handle);
    area.style.aspectRatio = `${width} / ${height}`;
    // The copy is low enough to be seen together with the new photo above it.
    area.style.maxWidth = `${(16 * width) / height}rem`;
    const short = Math.min(width, height);
    const places = {
      Face: card.dataset.face === undefined ? undefined : read(card, card.dataset.face),
      Centre: { left: (width - short) / 2, top: (height - short) / 2, side: short },
      Top: { left: (width - short) / 2, top: 0, side: short },
      "As before": null,
    };
    const buttons = Object.entries(places)
      .filter(([, place]) => place !== undefined)
      .map(([text, place]) => {
        const button = element("button", { type: "button", textContent: text });
        button.addEventListener("click", () => set(place));
        return button;
      });
    const hint = element("p", {}, "Drag the square, or move it with the arrow keys. The wheel, + and − resize it.");
    const editor = element("div", { className: "cropper" }, area, hint, element("div", { className: "places" }, ...buttons));

    let picture;
    const draw = () => {
      const { left, top, side } = square(card);
      Object.assign(handle.style, {
        left: `${(100 * left) / width}%`,
        top: `${(100 * top) / height}%`,
        width: `${(100 * side) / width}%`,
      });
      if (picture) show(card, picture);
    };
    let waiting = 0;
    // `null` stands for the square that the run took.
    const set = (wanted) => {
      const next = wanted && inside(card, wanted);
      if (next && write(card, next) !== card.dataset.crop) chosen.set(card.id, next);
      else chosen.delete(card.id);
      draw();
      dress(card);
      clearTimeout(waiting);
      waiting = setTimeout(() => changed(card, spoken(card)), 150);
    };
    const move = (across, down) => {
      const { left, top, side } = square(card);
      set({ left: left + across, top: top + down, side });
    };
    // The middle of the square stays where it is.
    const resize = (by) => {
      const { left, top, side } = square(card);
      const { side: next } = inside(card, { left, top, side: side * by });
      set({ left: left + (side - next) / 2, top: top + (side - next) / 2, side: next });
    };

    let grip;
    const at = (event) => {
      const box = area.getBoundingClientRect();
      return [((event.clientX - box.left) / box.width) * width, ((event.clientY - box.top) / box.height) * height];
    };
    area.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      handle.focus({ preventScroll: true });
      area.setPointerCapture(event.pointerId);
      const [[x, y], { left, top, side }] = [at(event), square(card)];
      const is_inside = x >= left && x <= left + side && y >= top && y <= top + side;
      // If the pointer is outside the square, the square moves its middle to the pointer.
      grip = is_inside ? [x - left, y - top] : [side / 2, side / 2];
      if (!is_inside) set({ left: x - side / 2, top: y - side / 2, side });
    });
    area.addEventListener("pointermove", (event) => {
      if (!grip) return;
      const [x, y] = at(event);
      set({ left: x - grip[0], top: y - grip[1], side: square(card).side });
    });
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      area.addEventListener(end, () => {
        grip = undefined;
      });
    }
    area.addEventListener(
      "wheel",
      (event) => {
        event.preventDefault();
        if (event.deltaY) resize(event.deltaY < 0 ? GROWTH : 1 / GROWTH);
      },
      { passive: false },
    );
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    editor.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const far = short * (event.shiftKey ? LEAP : STEP);
      const is_square = event.target === handle;
      if (is_square && arrows[event.key]) move(...arrows[event.key].map((way) => way * far));
      else if (is_square && "+=".includes(event.key)) resize(GROWTH);
      else if (is_square && "-_".includes(event.key)) resize(1 / GROWTH);
      else if (event.key === "Escape") toggle(card);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    card.querySelector(".faces").after(editor);
    image.src = `data:image/jpeg;base64,${card.dataset.whole}`;
    draw();
    handle.focus({ preventScroll: true });
    editor.scrollIntoView({ block: "nearest" });
    whole(card).then((decoded) => {
      picture = decoded;
      draw();
    });
  };

  const spoken = (card) => {
    if (!chosen.has(card.id)) return "cropped as before";
    const [left, top, side] = listed(card).split(" ");
    const [across, down, of] = [left, top, side].map((share) => Math.round(share * 100));
    return `square at ${across} % from the left and ${down} % from the top, ${of} % of the shorter side`;
  };
  const dress = (card) => {
    card.classList.toggle("cropped", chosen.has(card.id));
    const caption = frame_of(card).parentElement.querySelector("figcaption");
    if (caption) caption.textContent = chosen.has(card.id) ? "New crop" : "New";
  };
  const toggle = (card) => {
    if (!is_croppable(card)) return;
    const editor = card.querySelector(".cropper");
    const button = card.querySelector(".recrop");
    button.setAttribute("aria-expanded", String(!editor));
    if (!editor) open(card);
    else {
      editor.remove();
      button.focus({ preventScroll: true });
    }
  };

  const kept = () => Array.from(chosen, ([id]) => [id, listed(document.getElementById(id))]);
  const recall = (cards, entries) => {
    const by_id = new Map(cards.filter(is_croppable).map((card) => [card.id, card]));
    for (const [id, text] of entries.filter(Array.isArray)) {
      const card = by_id.get(id);
      if (!card || typeof text !== "string" || !SQUARE.test(text)) continue;
      chosen.set(id, inside(card, read(card, text)));
      dress(card);
      whole(card).then((picture) => show(card, picture));
    }
  };
  return { is_croppable, toggle, listed, cut, kept, recall };
};
