// Pages as readers use them, in a real browser. PAGES is a folder of pages that Python made, CHROMIUM the browser.
// What is copied from a page is left there, for Python to race again.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const { PAGES, CHROMIUM, SCREENSHOTS } = process.env;
const AXE = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");
const QUIET = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const DESKTOP = { width: 1280, height: 860 }, PHONE = { width: 360, height: 740 };
let browser;

before(async () => (browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET })));
after(() => browser?.close());

/** Open a page; whatever it says on the console or asks of a network is an error. */
async function open(t, name, { hash = "#step=0", viewport = DESKTOP, scheme = "light", ...more } = {}) {
  const context = await browser.newContext({ viewport, colorScheme: scheme, acceptDownloads: true, ...more });
  const page = await context.newPage(), wrong = [];
  page.setDefaultTimeout(15_000);
  page.on("console", message => wrong.push(message.text()));
  page.on("pageerror", error => wrong.push(error.stack));
  page.on("dialog", dialog => (wrong.push(`dialog ${dialog.message()}`), dialog.dismiss()));
  page.on("request", request => /^(file|data|blob|about):/.test(request.url()) || wrong.push(request.url()));
  const files = [];
  page.on("request", request => request.url().startsWith("file:") && files.push(request.url()));
  await page.goto(`file://${PAGES}/${name}.html${hash}`);
  if (name !== "outer" && more.javaScriptEnabled !== false) await page.waitForFunction(() => globalThis.optviz);
  t.after(async () => {
    await context.close();
    assert.deepEqual(wrong, []);
    assert.equal(new Set(files.map(url => url.split("#")[0])).size, name === "outer" ? 2 : 1);
  });
  return page;
}

const state = page => page.evaluate(() => {
  const { tracks, ...more } = optviz.report();
  return { ...more, ends: tracks.map(track => [...track.end, track.f.at(-1)]), racers: [...document.querySelectorAll(".ranking .name")].map(one => one.textContent) };
});
const counter = page => page.locator(".counter b").textContent().then(Number);
const knob = (page, name) => page.getByRole("slider", { name, exact: true });
const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
async function looked(page, name) {
  if (SCREENSHOTS) await page.screenshot({ path: `${SCREENSHOTS}/${name}.png` });
}
async function axe(page) {
  await page.evaluate(AXE);
  const found = await page.evaluate(() => axe.run(document));
  return found.violations.flatMap(one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 120)} ${node.failureSummary}`));
}

describe("pages", { concurrency: 3 }, () => {
test("it plays by itself, and by keys where no control has the focus", async t => {
  const page = await open(t, "race", { hash: "" });
  await page.waitForFunction(() => optviz.report().step > 3);
  await page.keyboard.press("Space");
  assert.equal((await state(page)).playing, false);
  await page.keyboard.press("Home");
  assert.equal(await counter(page), 0);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowLeft");
  await page.waitForFunction(() => document.querySelector(".counter b").textContent === "1");
  await page.keyboard.press("End");
  await page.waitForFunction(() => document.querySelector(".counter b").textContent === "60");
  await page.getByRole("slider", { name: "Step" }).focus();
  await page.keyboard.press("Home");
  await page.waitForFunction(() => optviz.report().step === 0);
  await page.getByRole("button", { name: "Play", exact: true }).focus();
  await page.keyboard.press("ArrowRight"); // the button has the focus: not for us
  assert.equal((await state(page)).step, 0);
  await page.keyboard.press("Space");
  assert.equal((await state(page)).playing, true);
  await looked(page, "played");
});

test("a click or a drag on the map starts every racer there", async t => {
  const page = await open(t, "race", { hash: "#step=40" }), before = await state(page);
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
  await looked(page, "dragged");
});

test("sliders, racers that come, go, hide and are singled out", async t => {
  const page = await open(t, "race", { hash: "#step=60" }), before = await state(page);
  const slider = knob(page, "lr of Adam");
  await slider.focus();
  for (let i = 0; i < 15; i++) await page.keyboard.press("ArrowRight");
  const moved = await state(page);
  assert.notDeepEqual(moved.ends[2], before.ends[2]);
  assert.deepEqual(moved.ends[0], before.ends[0]);
  await page.getByRole("combobox", { name: "Hyperparameter of Adam", exact: true }).selectOption("beta1");
  await knob(page, "beta1 of Adam").focus();
  await page.keyboard.press("ArrowLeft");
  assert.notDeepEqual((await state(page)).ends[2], moved.ends[2]);
  await page.getByRole("combobox", { name: "Optimizer to add" }).selectOption({ label: "Lion" });
  await press(page, "Add racer");
  await press(page, "Remove Momentum");
  assert.deepEqual((await state(page)).racers, ["Gradient descent", "Adam", "Adamax <b>", "Lion"]);
  await press(page, "Hide Lion");
  await press(page, "Adam: single out");
  assert.match(await page.locator(".anatomy").innerText(), /m̂[\s\S]*slope remembered, \d+ steps[\s\S]*effective learning rate[\s\S]*the step/);
  const hash = new URL(page.url()).hash;
  const again = await open(t, "race", { hash });
  assert.deepEqual((await state(again)).ends, (await state(page)).ends);
  assert.equal(await again.locator("li.ghost, li.hidden").count(), 3);
  await looked(page, "changed");
});

test("hovering tells a racer's numbers", async t => {
  const page = await open(t, "race", { hash: "#step=30" }), box = await page.locator(".touch").boundingBox();
  for (let i = 0; i < 40 && (await page.locator(".tip").isHidden()); i++) {
    await page.mouse.move(box.x + box.width * (0.2 + (i % 8) * 0.1), box.y + box.height * (0.15 + Math.floor(i / 8) * 0.15), { steps: 6 });
  }
  assert.match(await page.locator(".tip").innerText(), /step \d+[\s\S]*\|g\|/);
});

test("what is on the screen is copied as YAML, as a link, to be embedded", async t => {
  const page = await open(t, "race", { hash: "#step=60", permissions: ["clipboard-read", "clipboard-write"] }), box = await page.locator(".touch").boundingBox();
  await page.mouse.click(box.x + 0.4 * box.width, box.y + 0.6 * box.height);
  await knob(page, "lr of Adam").focus();
  for (let i = 0; i < 8; i++) await page.keyboard.press("ArrowLeft");
  await press(page, "Copy as YAML");
  await page.getByText("Copy as YAML: copied").waitFor();
  writeFileSync(`${PAGES}/copied.yaml`, await page.evaluate(() => navigator.clipboard.readText()));
  writeFileSync(`${PAGES}/copied.json`, await page.evaluate(() => JSON.stringify(optviz.report().tracks)));
  await press(page, "Copy link");
  await page.getByText("Copy link: copied").waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  assert.deepEqual((await state(await open(t, "race", { hash: new URL(link).hash }))).ends, (await state(page)).ends);
  await press(page, "Embed");
  await page.getByText("Embed: copied").waitFor();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^<iframe src="[^"]*" title="(<|&lt;)script/);
});

test("what is on the screen is saved as a picture", async t => {
  const page = await open(t, "race", { hash: "#step=60" });
  const [download] = await Promise.all([page.waitForEvent("download"), press(page, "PNG")]);
  assert.match(download.suggestedFilename(), /\.png$/);
  assert.equal(readFileSync(await download.path()).subarray(1, 4).toString(), "PNG");
});

test("basins and swarms", async t => {
  const page = await open(t, "race", { hash: "#step=60" });
  await press(page, "Basins");
  await page.waitForFunction(() => optviz.report().took > 0);
  assert.match(await page.locator(".told").innerText(), /^Basins of .* % of the starts end at the lowest minimum/);
  await looked(page, "basins");
  const box = await page.locator(".touch").boundingBox();
  await page.getByRole("radio", { name: "Swarm" }).check();
  await page.mouse.move(box.x + 0.5 * box.width, box.y + 0.5 * box.height);
  await page.mouse.down();
  await page.mouse.move(box.x + 0.6 * box.width, box.y + 0.5 * box.height, { steps: 5 });
  await page.mouse.up();
  assert.match(await page.locator(".told").innerText(), /^Of \d+ starts, inside the finish at the end: Gradient descent \d+ %/);
  await press(page, "Clear");
  await press(page, "200 starts");
  assert.match(await page.locator(".told").innerText(), /^Of 200 starts/);
  await looked(page, "swarm");
});

test("zooming to the finish and back", async t => {
  const page = await open(t, "race", { hash: "#step=60" });
  for (const name of ["Zoom to the finish", "Zoom in", "Zoom out", "Whole"]) await press(page, name);
  const box = await page.locator(".touch").boundingBox(), home = await page.locator(".touch").screenshot();
  await page.getByRole("radio", { name: "Move" }).check();
  await page.mouse.move(box.x + 200, box.y + 200);
  await page.mouse.down();
  await page.mouse.move(box.x + 260, box.y + 240, { steps: 3 });
  await page.mouse.up();
  assert.notDeepEqual(await page.locator(".touch").screenshot(), home);
  await press(page, "Whole");
  assert.deepEqual(await page.locator(".touch").screenshot(), home);
});

for (const [size, viewport] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
  for (const scheme of ["light", "dark"]) {
    test(`access: nothing for axe-core to find, ${size}, ${scheme}`, async t => {
      const page = await open(t, "race", { hash: "#step=60&focus=adam", viewport, scheme, hasTouch: size === "phone", isMobile: size === "phone" });
      await page.locator("summary", { hasText: "Results" }).click();
      assert.deepEqual(await axe(page), []);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "it scrolls sideways");
      if (size === "phone") {
        await page.locator(".touch").scrollIntoViewIfNeeded();
        const box = await page.locator(".touch").boundingBox(), { start } = await state(page);
        await page.touchscreen.tap(box.x + 120, box.y + 220);
        assert.notDeepEqual((await state(page)).start, start);
        const small = await page.evaluate(() => [...document.querySelectorAll(".transport button")].filter(one => one.offsetHeight && one.offsetHeight < 40).length);
        assert.equal(small, 0);
      }
      await looked(page, `${size}-${scheme}`);
    });
  }
}

test("every control is reached by Tab, has a name, and shows the focus", async t => {
  const page = await open(t, "race", { hash: "#step=60" }), seen = new Set();
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

test("a screen reader is told the places, and finds the results in a table", async t => {
  const page = await open(t, "race", { hash: "#step=0" });
  await page.keyboard.press("End");
  await page.waitForFunction(() => /^Step 60: 1\. /.test(document.querySelector("[role=status]").textContent));
  await page.locator("summary", { hasText: "Results" }).click();
  assert.equal(await page.getByRole("region", { name: "Results" }).getByRole("rowheader").count(), 4);
});

test("under reduced motion it stands at the end", async t => {
  const page = await open(t, "race", { hash: "", reducedMotion: "reduce" });
  assert.deepEqual([(await state(page)).playing, await counter(page)], [false, 60]);
});

test("names are text, whatever they hold", async t => {
  const page = await open(t, "race");
  assert.equal(await page.locator("h1").innerText(), "<script>alert('title')</script> & a race");
  assert.equal(await page.locator("li .name").nth(3).innerText(), "Adamax <b>");
  assert.equal(await page.locator("b b, li b").count(), 0);
});

test("without scripts there is a picture of the end, and a sentence", async t => {
  const page = await open(t, "race", { javaScriptEnabled: false });
  assert.ok(await page.locator("#poster").isVisible());
  assert.match(await page.locator("main").innerText(), /browser of 2022 or later/);
});

test("it tells its height to the page that holds it", async t => {
  const page = await open(t, "outer", { hash: "" });
  await page.waitForFunction(() => window.told?.optviz.height > 300);
});

for (const [name, words] of Object.entries({
  curve: /inside since|✓|\d/, time: /./, recorded: /recorded: the function is Python's own/, network: /A network is not trained in the page/, surface: /Seen from above/,
})) {
  test(`${name}: drawn, played and accessible`, async t => {
    const page = await open(t, name, { hash: "#step=5" });
    assert.match(await page.locator("main").innerText(), words);
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(() => optviz.report().step === 6);
    if (name !== "network") assert.deepEqual(await axe(page), []);
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
    await looked(page, name);
  });
}
});
