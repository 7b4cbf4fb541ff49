// Pages as readers use them, in a real browser: one for desktops, one for phones, each a page that all tests share.
// PAGES is a folder of pages that Python made, CHROMIUM the browser; SLOW asks axe-core about every page, and waits for fine basins.
// What is copied from a page is left there, for Python to race again.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const { PAGES, CHROMIUM, SCREENSHOTS, SLOW } = process.env;
const AXE = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");
const QUIET = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const SIZES = {
  desktop: { viewport: { width: 1280, height: 860 }, permissions: ["clipboard-read", "clipboard-write"] },
  phone: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
};
const wrong = [];
let browser, desktop, phone;

/** Make a page; whatever it says on the console or asks of a network is an error. */
async function make(options) {
  const page = await (await browser.newContext({ colorScheme: "light", acceptDownloads: true, ...options })).newPage();
  page.setDefaultTimeout(20_000);
  page.on("console", message => wrong.push(message.text()));
  page.on("pageerror", error => wrong.push(error.stack));
  page.on("dialog", dialog => (wrong.push(`dialog ${dialog.message()}`), dialog.dismiss()));
  page.on("request", request => /^(data|blob|about):/.test(request.url()) || request.url().startsWith(`file://${PAGES}/`) || wrong.push(request.url()));
  return page;
}

before(async () => {
  browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET });
  [desktop, phone] = await Promise.all([make(SIZES.desktop), make(SIZES.phone)]);
});
after(async () => {
  await browser?.close();
  assert.deepEqual(wrong, []);
});

async function visit(page, name, hash = "#step=0") {
  await page.goto("about:blank");
  await page.goto(`file://${PAGES}/${name}.html${hash}`);
  await page.waitForFunction(() => globalThis.optviz);
  return page;
}

const state = page => page.evaluate(() => {
  const { tracks, ...more } = optviz.report();
  return { ...more, ends: tracks.map(track => [...track.end, track.f.at(-1)]), racers: [...document.querySelectorAll(".ranking .name")].map(one => one.textContent) };
});
const counter = page => page.locator(".counter b").textContent().then(Number);
const knob = (page, name) => page.getByRole("slider", { name, exact: true });
const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
const copied = async (page, name) => {
  await press(page, name);
  await page.getByText(`${name}: copied`).waitFor();
  return page.evaluate(() => navigator.clipboard.readText());
};
async function looked(page, name) {
  if (SCREENSHOTS) await page.screenshot({ path: `${SCREENSHOTS}/${name}.png`, fullPage: true });
}
async function axe(page, only) {
  await page.evaluate(AXE);
  const found = await page.evaluate(only => axe.run(document, only ? { runOnly: only } : {}), only);
  return found.violations.flatMap(one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 120)} ${node.failureSummary}`));
}

test("it plays by itself, and by keys where no control has the focus", async () => {
  const page = await visit(desktop, "race", "");
  await page.waitForFunction(() => optviz.report().step > 3);
  await page.keyboard.press("Space");
  assert.equal((await state(page)).playing, false);
  await page.keyboard.press("Home");
  await page.waitForFunction(() => document.querySelector(".counter b").textContent === "0");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowLeft");
  await page.waitForFunction(() => document.querySelector(".counter b").textContent === "1");
  await page.keyboard.press("End");
  await page.waitForFunction(() => document.querySelector(".counter b").textContent === "60");
  // a screen reader is told the places, and finds the results in a table
  await page.waitForFunction(() => /^Step 60: 1\. /.test(document.querySelector("[role=status]").textContent));
  await page.locator("summary", { hasText: "Results" }).click();
  assert.equal(await page.getByRole("region", { name: "Results" }).getByRole("rowheader").count(), 4);
  await page.getByRole("slider", { name: "Step" }).focus();
  await page.keyboard.press("Home");
  await page.waitForFunction(() => optviz.report().step === 0);
  await page.getByRole("button", { name: "Play", exact: true }).focus();
  await page.keyboard.press("ArrowRight"); // the button has the focus: not for us
  assert.equal((await state(page)).step, 0);
  await page.keyboard.press("Space");
  assert.equal((await state(page)).playing, true);
  await press(page, "Pause");
});

test("names are text, whatever they hold", async () => {
  assert.equal(await desktop.locator("h1").innerText(), "<script>alert('title')</script> & a race");
  assert.equal(await desktop.locator("li .name").nth(3).innerText(), "Adamax <b>");
  assert.equal(await desktop.locator("b b, li b").count(), 0);
});

test("a click or a drag on the map starts every racer there", async () => {
  const page = await visit(desktop, "race", "#step=40"), before = await state(page);
  const box = await page.locator(".touch").boundingBox();
  await page.mouse.click(box.x + 0.3 * box.width, box.y + 0.7 * box.height);
  const clicked = await state(page);
  assert.notDeepEqual(clicked.start, before.start);
  clicked.ends.forEach((end, i) => assert.notDeepEqual(end, before.ends[i]));
  await page.mouse.move(box.x + 0.7 * box.width, box.y + 0.3 * box.height);
  await page.mouse.down();
  await page.mouse.move(box.x + 0.72 * box.width, box.y + 0.2 * box.height, { steps: 4 });
  await page.mouse.up();
  const dragged = await state(page);
  assert.ok(dragged.start[0] > clicked.start[0] && dragged.start[1] > clicked.start[1]);
  assert.equal(new URL(page.url()).hash, `#step=40&start=${dragged.start.join(",")}`);
  await page.getByRole("spinbutton", { name: "Start, x" }).fill("1.25");
  await page.keyboard.press("Tab");
  assert.equal((await state(page)).start[0], 1.25);
  await press(page, "Reset");
  assert.deepEqual((await state(page)).ends, before.ends);
});

test("a click where racers then stand starts them there, and singles out none; a click on a head does", async () => {
  const page = await visit(desktop, "race", "#step=1"), box = await page.locator(".touch").boundingBox();
  await page.mouse.click(box.x + 0.3 * box.width, box.y + 0.7 * box.height);
  assert.equal(await page.locator("li.ghost").count(), 0);
  const { start } = await state(page);
  await page.mouse.click(box.x + 0.3 * box.width + 1, box.y + 0.7 * box.height);
  assert.equal(await page.locator("li.ghost").count(), 3);
  assert.deepEqual((await state(page)).start, start);
});

test("a curve that moves is drawn as the one that stays", async () => {
  const page = await visit(desktop, "race", "#step=40"), box = await page.locator(".touch").boundingBox();
  await page.mouse.click(box.x + 0.35 * box.width, box.y + 0.6 * box.height); // draws it, then again from its picture
  const apart = await page.evaluate(async () => {
    const canvas = document.querySelector(".plot canvas"), copy = document.createElement("canvas"), pen = copy.getContext("2d", { willReadFrequently: true });
    const pixels = () => ((copy.width = canvas.width), (copy.height = canvas.height), pen.drawImage(canvas, 0, 0), pen.getImageData(0, 0, copy.width, copy.height).data);
    const still = async () => { // names glide to their places
      for (let i = 0; i < 40; i++) await new Promise(requestAnimationFrame);
      return pixels();
    };
    const before = await still();
    const slider = document.querySelector(".knobs input");
    slider.dispatchEvent(new Event("input"));
    await new Promise(requestAnimationFrame);
    const moved = pixels();
    return [moved, await still()].map(one => one.reduce((sum, value, i) => sum + (Math.abs(value - before[i]) > 24), 0));
  });
  assert.ok(Math.max(...apart) < 200, `${apart} channels differ`);
});

test("a curve with many steps on a pixel is drawn as far as it swings", async () => {
  const page = await visit(desktop, "dense", "#step=2000"); // the rate has a high value, and then lower ones, every third step
  const spans = await page.evaluate(async () => {
    for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
    const canvas = document.querySelector(".plot canvas"), { width, height } = canvas, found = [];
    const pixels = canvas.getContext("2d").getImageData(0, 0, width, height).data;
    for (let x = Math.round(0.3 * width); x < 0.9 * width; x++) {
      const inked = Array.from({ length: height }, (_, y) => y).filter(y => {
        const [r, g, b, a] = pixels.subarray(4 * (y * width + x), 4 * (y * width + x) + 4);
        return a > 128 && Math.max(r, g, b) - Math.min(r, g, b) > 60;
      });
      found.push(Math.max(...inked) - Math.min(...inked));
    }
    return found;
  });
  assert.ok(Math.min(...spans) > 0.8 * Math.max(...spans), `from ${Math.min(...spans)} to ${Math.max(...spans)} pixels`);
  assert.ok(Math.max(...spans) > 20);
});

test("hovering tells a racer's numbers", async () => {
  const page = desktop, box = await page.locator(".touch").boundingBox();
  for (let i = 0; i < 40 && (await page.locator(".tip").isHidden()); i++) {
    await page.mouse.move(box.x + box.width * (0.2 + (i % 8) * 0.1), box.y + box.height * (0.15 + Math.floor(i / 8) * 0.15), { steps: 6 });
  }
  assert.match(await page.locator(".tip").innerText(), /step \d+[\s\S]*\|g\|/);
});

test("sliders, typed numbers, racers that come, go, hide and are singled out", async () => {
  const page = await visit(desktop, "race", "#step=60"), before = await state(page);
  await knob(page, "lr of Adam").focus();
  for (let i = 0; i < 15; i++) await page.keyboard.press("ArrowRight");
  const moved = await state(page);
  assert.notDeepEqual(moved.ends[2], before.ends[2]);
  assert.deepEqual(moved.ends[0], before.ends[0]);
  await page.getByRole("combobox", { name: "Hyperparameter of Adam", exact: true }).selectOption("weight_decay");
  assert.equal(await knob(page, "weight_decay of Adam").inputValue(), "0");
  const typed = page.getByRole("spinbutton", { name: "weight_decay of Adam, number" });
  await typed.fill("0.05");
  await typed.press("Enter");
  const decayed = await state(page);
  assert.notDeepEqual(decayed.ends[2], moved.ends[2]);
  await typed.fill("-1"); // not allowed
  await typed.press("Enter");
  assert.equal(await typed.inputValue(), "0.05");
  assert.deepEqual((await state(page)).ends, decayed.ends);
  await page.getByRole("combobox", { name: "Optimizer to add" }).selectOption({ label: "Lion" });
  await press(page, "Add racer");
  await press(page, "Remove Momentum");
  assert.deepEqual((await state(page)).racers, ["Gradient descent", "Adam", "Adamax <b>", "Lion"]);
  await press(page, "Hide Lion");
  await press(page, "Adam: single out");
  const anatomy = await page.locator(".anatomy").innerText();
  assert.match(anatomy, /Adam step 60[\s\S]*slope now, clipped[\s\S]*m̂[\s\S]*slope remembered, 10 steps[\s\S]*effective learning rate[\s\S]*the step/);
  const there = await state(page), { hash } = new URL(page.url());
  await looked(page, "changed");
  await visit(page, "race", hash);
  assert.deepEqual((await state(page)).ends, there.ends);
  assert.equal(await page.locator("li.ghost, li.hidden").count(), 3);
});

test("what is on the screen is copied as YAML, as a link, to be embedded, saved as a picture", async () => {
  const page = await visit(desktop, "race", "#step=60"), box = await page.locator(".touch").boundingBox();
  await page.mouse.click(box.x + 0.4 * box.width, box.y + 0.6 * box.height);
  await knob(page, "lr of Adam").focus();
  for (let i = 0; i < 8; i++) await page.keyboard.press("ArrowLeft");
  const typed = async (name, knob, value) => {
    await page.getByRole("combobox", { name: `Hyperparameter of ${name}`, exact: true }).selectOption(knob);
    await page.getByRole("spinbutton", { name: `${knob} of ${name}, number` }).fill(value);
    await page.keyboard.press("Tab");
  };
  await typed("Momentum", "dampening", "0.25");
  await typed("Gradient descent", "weight_decay", "0.01");
  writeFileSync(`${PAGES}/copied.yaml`, await copied(page, "Copy as YAML"));
  writeFileSync(`${PAGES}/copied.json`, await page.evaluate(() => JSON.stringify(optviz.report().tracks)));
  const { ends } = await state(page), link = await copied(page, "Copy link");
  assert.match(await copied(page, "Embed"), /^<iframe src="[^"]*" title="(<|&lt;)script/);
  const [download] = await Promise.all([page.waitForEvent("download"), press(page, "PNG")]);
  assert.match(download.suggestedFilename(), /\.png$/);
  assert.equal(readFileSync(await download.path()).subarray(1, 4).toString(), "PNG");
  await visit(page, "race", new URL(link).hash);
  assert.deepEqual((await state(page)).ends, ends);
});

test("basins, swarms, zooming to the finish and back", async () => {
  const page = await visit(desktop, "race", "#step=60"), box = await page.locator(".touch").boundingBox();
  const home = await page.locator(".touch").screenshot();
  for (const name of ["Zoom to the finish", "Zoom in", "Zoom out", "Whole"]) await press(page, name);
  await page.getByRole("radio", { name: "Move" }).check();
  await page.mouse.move(box.x + 200, box.y + 200);
  await page.mouse.down();
  await page.mouse.move(box.x + 260, box.y + 240, { steps: 3 });
  await page.mouse.up();
  assert.notDeepEqual(await page.locator(".touch").screenshot(), home);
  await press(page, "Whole");
  await press(page, "Basins");
  assert.match(await page.locator(".told").innerText(), /^Basins of .* % of the starts end at the lowest minimum/);
  if (SLOW) await page.waitForFunction(() => optviz.report().took > 0);
  await looked(page, "basins");
  await press(page, "Basins");
  await page.getByRole("radio", { name: "Swarm" }).check();
  await page.mouse.move(box.x + 0.5 * box.width, box.y + 0.5 * box.height);
  await page.mouse.down();
  await page.mouse.move(box.x + 0.6 * box.width, box.y + 0.5 * box.height, { steps: 5 });
  await page.mouse.up();
  assert.match(await page.locator(".told").innerText(), /^Of \d+ starts, inside the finish at the end: Gradient descent \d+ %/);
  writeFileSync(`${PAGES}/swarm.yaml`, await copied(page, "Copy as YAML"));
  writeFileSync(`${PAGES}/swarm.json`, await page.evaluate(() => JSON.stringify(optviz.report())));
  await press(page, "Clear");
  await press(page, "200 starts");
  assert.match(await page.locator(".told").innerText(), /^Of 200 starts/);
});

test("every control is reached by Tab, has a name, and shows the focus", async () => {
  const page = await visit(desktop, "race", "#step=60"), seen = new Set();
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press("Tab");
    const found = await page.evaluate(() => {
      const one = document.activeElement, shown = one.matches(".modes input") ? one.nextElementSibling : one;
      return one === document.body ? null : [one.getAttribute("aria-label") || one.textContent || one.value, getComputedStyle(shown).outlineStyle, one.tagName];
    });
    if (!found) break;
    assert.ok(found[0].trim(), `a ${found[2]} has no name`);
    assert.notEqual(found[1], "none", found[0]);
    seen.add(found[0]);
  }
  for (const name of ["Play", "Step", "Speed", "Start, x", "Zoom in", "Copy as YAML", "lr of Adam", "Remove Adam", "Add racer", "Adam: single out"]) assert.ok(seen.has(name), name);
});

for (const size of ["desktop", "phone"]) {
  test(`access: nothing for axe-core to find, ${size}, in both schemes`, async () => {
    const page = await visit(size === "phone" ? phone : desktop, "race", "#step=60&focus=adam");
    await page.locator("summary", { hasText: "Results" }).click();
    if (SLOW || size === "desktop") assert.deepEqual(await axe(page), []);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "it scrolls sideways");
    await looked(page, `${size}-light`);
    await page.emulateMedia({ colorScheme: "dark" });
    if (SLOW || size === "phone") assert.deepEqual(await axe(page, SLOW ? null : ["color-contrast"]), []);
    await looked(page, `${size}-dark`);
    await page.emulateMedia({ colorScheme: "light" });
    if (size === "desktop") return;
    await page.locator(".touch").scrollIntoViewIfNeeded();
    const box = await page.locator(".touch").boundingBox(), { start } = await state(page);
    await page.touchscreen.tap(box.x + 120, box.y + 220);
    assert.notDeepEqual((await state(page)).start, start);
    const small = await page.evaluate(() => [...document.querySelectorAll(".transport button")].filter(one => one.offsetHeight && one.offsetHeight < 40).length);
    assert.equal(small, 0);
  });
}

for (const [name, words] of Object.entries({
  curve: /inside since|✓|\d/, time: /./, recorded: /recorded: the function is Python's own/, network: /A network is not trained in the page/, surface: /Seen from above/,
})) {
  test(`${name}: drawn and played`, async () => {
    const page = await visit(desktop, name, "#step=5");
    assert.match(await page.locator("main").innerText(), words);
    assert.doesNotMatch(await page.locator("main").innerText(), /undefined|NaN/);
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(() => optviz.report().step === 6);
    if (SLOW) assert.deepEqual(await axe(page), []);
    const drawn = await page.evaluate(() => {
      const canvas = document.querySelector(".view canvas"), pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
      return new Set(new Uint32Array(pixels.buffer)).size;
    });
    assert.ok(drawn > 3, `${drawn} colours`);
    if (name === "curve" || name === "time") {
      const box = await page.locator(".touch").boundingBox(), { start } = await state(page);
      await page.mouse.click(box.x + 0.62 * box.width, box.y + 0.3 * box.height);
      assert.notDeepEqual((await state(page)).start, start);
    }
    if (name === "surface") assert.match(await page.locator(".side .anatomy").innerText(), /Adam step 6/); // the panel
    await looked(page, name);
  });
}

test("a racer that is recorded is played and marked, and the others start elsewhere without it", async () => {
  const page = await visit(desktop, "mixed", "#step=10"), before = await state(page), box = await page.locator(".touch").boundingBox();
  assert.match(await page.locator("li", { hasText: "secretive" }).innerText(), /recorded/);
  await page.mouse.click(box.x + 0.3 * box.width, box.y + 0.7 * box.height);
  const moved = await state(page);
  assert.notDeepEqual(moved.ends[0], before.ends[0]);
  assert.deepEqual(moved.ends[1], before.ends[1]);
  await press(page, "secretive: single out");
  assert.match(await page.locator(".anatomy").innerText(), /slope now/);
  assert.match(await page.locator(".entrant", { hasText: "secretive" }).innerText(), /cannot be traced/);
});

test("under reduced motion it stands at the end; a frame tells its height to the page that holds it", async () => {
  await desktop.emulateMedia({ reducedMotion: "reduce" });
  const page = await visit(desktop, "race", "");
  assert.deepEqual([(await state(page)).playing, await counter(page)], [false, 60]);
  await page.emulateMedia({ reducedMotion: "no-preference" });
  await page.goto(`file://${PAGES}/outer.html`);
  await page.waitForFunction(() => window.told?.optviz.height > 300);
});

test("without scripts there is a picture of the end, and a sentence", async () => {
  const page = await make({ ...SIZES.desktop, permissions: [], javaScriptEnabled: false });
  await page.goto(`file://${PAGES}/race.html`);
  await page.locator("#poster").waitFor();
  await page.getByText(/browser of 2022 or later/).waitFor(); // not at once, for readers whose page begins
});
