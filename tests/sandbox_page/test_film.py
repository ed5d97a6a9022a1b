"""Films on the sandbox's chat page, in a real browser that makes and plays them. Skipped without Chromium."""

from playwright.async_api import Page, expect

from tests.sandbox_page.conftest import ANNA, IN_A_BROWSER, Bot, bubble

pytestmark = IN_A_BROWSER


FILM = """async () => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [320, 180];
  const paint = canvas.getContext("2d");
  const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: "video/mp4;codecs=vp9" });
  const parts = [];
  const stopped = new Promise((resolve) => { recorder.onstop = resolve; });
  recorder.ondataavailable = (event) => parts.push(event.data);
  recorder.start();
  for (let n = 0; n < 20; n += 1) {
    paint.fillStyle = `hsl(${n * 18} 60% 50%)`;
    paint.fillRect(0, 0, 320, 180);
    await new Promise(requestAnimationFrame);
  }
  recorder.stop();
  await stopped;
  return [...new Uint8Array(await new Blob(parts).arrayBuffer())];
}"""
"""A short film that this browser has made, so that it can play it."""


async def test_a_film_is_sent_shown_in_its_place_and_played(page: Page, bot: Bot) -> None:
    film = bytes(await page.evaluate(FILM))
    await page.get_by_test_id("file").set_input_files({"name": "pack.mp4", "mimeType": "video/mp4", "buffer": film})
    await page.get_by_label("Send as photos and films").check()
    await page.get_by_test_id("composer").fill("P000001")
    await page.get_by_test_id("send").click()
    message = await bot.update("message")
    assert (message["caption"], message["video"]["width"], message["video"]["height"]) == ("P000001", 320, 180)
    await bot.call("sendVideo", chat_id=ANNA, video=message["video"]["file_id"], caption="kept")
    player = bubble(page, "kept").locator("video")
    await expect(player).to_have_attribute("width", "320")
    size = await player.evaluate(
        """async (film) => { await film.play(); return [film.videoWidth, film.videoHeight, film.controls]; }"""
    )
    assert size == [320, 180, True]
    await expect(bubble(page, "kept").get_by_role("link", name="Download")).to_be_visible()
