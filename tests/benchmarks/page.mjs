// Times a page in a real browser: `node page.mjs PLAYWRIGHT CHROMIUM RACE LONG ROUNDS`, of two pages the second for
// scrubbing and hovering. Prints the milliseconds of every try, by what was done, as JSON.
// An action's time is that of the page's script up to the end of its drawing, in the frame in which it is seen.
import { pathToFileURL } from "node:url";

const [playwright, executablePath, race, long, rounds] = process.argv.slice(2);
const { chromium } = await import(pathToFileURL(playwright));
const QUIET = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const IDLE_MS = 1500; // a reader looks before he touches
const browser = await chromium.launch({ executablePath, args: QUIET });
const found = {};
const note = (name, times) => (found[name] ??= []).push(...times);

async function open(file) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
  await page.goto(`${pathToFileURL(file)}#step=0`);
  await page.waitForFunction(() => globalThis.optviz);
  await page.waitForTimeout(IDLE_MS);
  await page.evaluate(() => {
    const canvas = document.querySelector(".touch"), box = canvas.getBoundingClientRect(), frame = requestAnimationFrame;
    const slider = document.querySelector(".knobs input"), bar = document.querySelector(".bar");
    let due = [];
    canvas.setPointerCapture = () => {};
    window.realFrames = is => (window.requestAnimationFrame = is ? frame : work => due.push(work));
    window.point = (type, x, y) => canvas.dispatchEvent(new PointerEvent(type, { clientX: box.left + x, clientY: box.top + y, pointerId: 1, bubbles: true, isPrimary: true }));
    window.press = name => [...document.querySelectorAll("button")].find(one => one.textContent === name).click();
    window.turn = at => ((slider.value = at), slider.dispatchEvent(new Event("input")));
    window.seek = share => ((bar.value = Math.round(share * bar.max)), bar.dispatchEvent(new Event("input")));
    window.drag = i => point("pointermove", 200 + 7 * (i % 40), 400 - 5 * (i % 40));
    window.timed = (work, count) => Array.from({ length: count }, (_, i) => {
      const began = performance.now();
      work(i);
      due.splice(0).forEach(draw => draw(performance.now()));
      return performance.now() - began;
    });
    realFrames(false);
  });
  return page;
}

/** The main thread's milliseconds for each of so many frames of a drag, layout and painting included. */
async function wholeFrames(page, count) {
  const client = await page.context().newCDPSession(page);
  await client.send("Performance.enable");
  const busy = async () => (await client.send("Performance.getMetrics")).metrics.find(one => one.name === "TaskDuration").value * 1000;
  const before = await busy();
  await page.evaluate(async count => {
    realFrames(true);
    point("pointerdown", 200, 400);
    for (let i = 0; i < count; i++) drag(i), await new Promise(requestAnimationFrame);
    point("pointerup", 480, 200);
    realFrames(false);
  }, count);
  return (await busy() - before) / count;
}

for (let round = 0; round < rounds; round++) {
  let page = await open(race);
  note("paint", await page.evaluate(() => performance.getEntriesByName("first-contentful-paint").map(one => one.startTime)));
  for (const name of ["swarm first", "swarm"]) {
    note(name, await page.evaluate(() => timed(() => press("200 starts"), 1)));
    await page.evaluate(() => timed(() => press("Clear"), 1));
  }
  note("drag", await page.evaluate(() => (timed(() => (seek(1), point("pointerdown", 200, 400)), 1), timed(drag, 40))));
  note("slider", await page.evaluate(() => (timed(() => point("pointerup", 480, 200), 1), timed(i => turn(500 + 5 * i), 40))));
  note("frame", [await wholeFrames(page, 40)]);
  note("basin", await page.evaluate(() => (timed(() => press("Basins"), 1), timed(i => turn(500 + 5 * i), 12))));
  note("fine", [await page.evaluate(async () => {
    const { took } = optviz.report(), began = performance.now();
    turn(640);
    while (optviz.report().took === took) await new Promise(resolve => setTimeout(resolve, 20));
    return performance.now() - began;
  })]);
  await page.close();
  page = await open(long);
  note("scrub", await page.evaluate(() => timed(i => seek(((i * 37) % 100) / 100), 60)));
  note("hover", await page.evaluate(() => (timed(() => seek(1), 1), timed(i => point("pointermove", 100 + 9 * i, 200 + 3 * i), 60))));
  await page.close();
}
await browser.close();
console.log(JSON.stringify(found));
