"""What only a browser can say: accessibility in every mode, and the behaviours scripts add."""

import re

import pytest
from playwright.sync_api import expect

from core.ui import look as looks
from tests.journeys import support

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def chromium():
    with support.browser() as running:
        yield running


def opened(chromium, live_server, path, *, size=support.DESK, language="en", theme="light", scripts=True):
    context = chromium.new_context(viewport=size, reduced_motion="reduce", java_script_enabled=scripts)
    context.add_cookies(
        [
            {"name": "django_language", "value": language, "url": live_server.url},
            {"name": "theme", "value": theme, "url": live_server.url},
        ]
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto(live_server.url + path)
    return page


@pytest.fixture
def shown(settings):
    settings.DEMO = True  # the style guide is open on the demo bank


@pytest.mark.parametrize("size", [support.PHONE, support.DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("path", ["/", "/styleguide/", "/nosuch/"])
def test_a_screen_has_nothing_axe_can_find(chromium, live_server, shown, path, language, theme, size):
    page = opened(chromium, live_server, path, size=size, language=language, theme=theme)
    support.check_screen(page)
    page.context.close()


@pytest.mark.parametrize("path", ["/", "/styleguide/", "/nosuch/"])
def test_nothing_is_lost_at_320_pixels(chromium, live_server, shown, path):
    page = opened(chromium, live_server, path, size=support.NARROW, language="zh-hans")
    support.check_screen(page)
    page.context.close()


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("colour", looks.COLOURS)
def test_every_theme_shows_every_component_readably(chromium, live_server, shown, colour, mode):
    """One theme in full layout on a desk, and simplified at twice the size on a phone."""
    page = opened(chromium, live_server, f"/styleguide/?colour={colour}&mode={mode}&simple=off")
    support.check_screen(page)
    page.context.close()
    page = opened(
        chromium, live_server, f"/styleguide/?colour={colour}&mode={mode}&simple=on&size=200", size=support.PHONE
    )
    support.check_screen(page)
    page.context.close()


BEYOND = """() => [...document.querySelectorAll('body *')]
    .filter(one => one.getBoundingClientRect().right > document.documentElement.clientWidth)
    .map(one => one.outerHTML.slice(0, 80)).slice(-3)"""


OVERHANGS = """() => [...document.querySelectorAll('.table-cards td > *')]
    .filter(one => one.checkVisibility() && !one.closest('.visually-hidden') && (one.scrollWidth > one.clientWidth + 1
                   || one.getBoundingClientRect().right > one.closest('td').getBoundingClientRect().right + 1))
    .map(one => [one.textContent, one.scrollWidth - one.clientWidth]).slice(-3)"""


@pytest.mark.parametrize("path", ["/", "/styleguide/", "/auth/login/"])
def test_nothing_is_lost_at_any_size_of_type_and_any_width(chromium, live_server, shown, path):
    page = opened(chromium, live_server, path)
    for size in looks.SIZES:
        page.evaluate("size => document.documentElement.setAttribute('data-size', size)", str(size))
        body = "wanted => parseFloat(getComputedStyle(document.body).fontSize) === wanted"
        page.wait_for_function(body, arg=17 * size / 100)
        for width in (320, 390, 768, 1024, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{wide} px at {width} px wide and {size} %: {page.evaluate(BEYOND)}"
            assert page.evaluate(OVERHANGS) == [], f"out of its card at {width} px wide and {size} %"
    page.context.close()


def test_the_style_guide_is_in_large_print_where_it_is_asked_for(chromium, live_server, shown):
    page = opened(chromium, live_server, "/styleguide/?simple=on", size=support.PHONE)
    small = page.evaluate(
        """() => [...document.querySelectorAll('main :is(.button, .tool, .back, .task, .choices label, .simple-task,'
            + ' select, input:not([type=checkbox], [type=radio])), .keys a, summary')]
            .filter(one => one.checkVisibility())
            .map(one => [one.textContent.trim(), one.getBoundingClientRect().height])
            .filter(([, height]) => height < 59.5)"""
    )
    assert small == []
    page.context.close()


def test_colours_that_the_readers_system_forces_leave_what_is_chosen_marked(chromium, live_server, shown):
    context = chromium.new_context(forced_colors="active", viewport=support.DESK)
    page = context.new_page()
    page.goto(live_server.url + "/styleguide/")
    outline = page.evaluate("getComputedStyle(document.querySelector('.choices label:has(:checked)')).outlineStyle")
    assert outline == "solid"
    border = page.evaluate("getComputedStyle(document.querySelector('.panel')).borderTopStyle")
    assert border == "solid"
    context.close()


def test_on_paper_there_is_no_frame_and_ink_is_black_in_every_look(chromium, live_server, shown):
    for asked in ("mode=dark&colour=plum", "simple=on&mode=dark"):
        page = opened(chromium, live_server, f"/styleguide/?{asked}", theme="dark")
        page.emulate_media(media="print")
        assert page.locator(".brand").is_visible()  # a sheet of paper says whose it is
        for part in (".bar form", ".bar .tool", ".foot", ".keys", ".skip"):
            assert page.locator(part).first.is_visible() is False, part
        said = page.evaluate(
            """() => ['.card', '.panel', '.done', '.notice'].map(one => {
                const style = getComputedStyle(document.querySelector(one));
                return [one, style.color, style.backgroundColor];
            })"""
        )
        for one, ink, ground in said:
            assert luminance(ink) < 0.1, (one, ink)
            assert luminance(ground) > 0.7, (one, ground)
        page.context.close()


def luminance(colour):
    """How light a computed colour is, from 0 to 1."""
    numbers = [float(number) for number in re.findall(r"[\d.]+", colour)]
    return 1 if len(numbers) == 4 and numbers[3] == 0 else sum(numbers[:3]) / 3 / 255


def test_the_check_finds_what_is_wrong(chromium, live_server):
    page = opened(chromium, live_server, "/")
    page.evaluate("document.querySelector('h1').insertAdjacentHTML('afterend', '<img src=\"/x.png\">')")
    with pytest.raises(AssertionError, match="image-alt"):
        support.check_screen(page)
    page.context.close()


def test_no_browser_policy_is_broken_and_nothing_comes_from_elsewhere(chromium, live_server, shown):
    context = chromium.new_context()
    page = context.new_page()
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    page.goto(live_server.url + "/styleguide/")
    assert [url for url in asked if not url.startswith((live_server.url, "data:"))] == []
    assert said == []
    context.close()


def test_main_controls_are_large_enough_for_a_thumb(chromium, live_server, shown):
    page = opened(chromium, live_server, "/styleguide/", size=support.PHONE)
    small = page.evaluate(
        """() => [...document.querySelectorAll('.button, .tool, .back, .tabbar a, .quick a, .task, .choices label')]
            .filter(one => one.offsetParent)
            .map(one => [one.textContent.trim(), one.getBoundingClientRect().height])
            .filter(([, height]) => height < 43.9)"""
    )
    assert small == []
    page.context.close()


def test_the_summary_of_errors_takes_the_focus_and_leads_into_the_field(chromium, live_server, shown):
    page = opened(chromium, live_server, "/styleguide/")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.get_by_role("link", name="The amount cannot be below zero").click()
    expect(page.locator("#wrong_amount")).to_be_focused()
    page.context.close()


def test_a_form_is_sent_once_however_often_it_is_pressed(chromium, live_server, shown):
    page = opened(chromium, live_server, "/styleguide/")
    sent = page.evaluate(
        """() => {
            const form = document.querySelector('form[data-once]');
            let sent = 0;
            window.addEventListener('submit', event => {
                if (!event.defaultPrevented) { sent += 1; event.preventDefault(); }
            });
            const button = document.createElement('button');
            form.append(button);
            button.click(); button.click(); button.click();
            return sent;
        }"""
    )
    assert sent == 1
    page.context.close()


def test_colours_and_language_are_chosen_without_scripts(chromium, live_server):
    page = opened(chromium, live_server, "/", scripts=False)
    page.locator("summary").first.click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    page.context.close()


def test_the_eye_covers_every_amount_and_is_remembered(chromium, live_server, shown):
    page = opened(chromium, live_server, "/styleguide/")
    page.evaluate("localStorage.setItem('amounts', 'hidden')")
    page.reload()
    seen = page.evaluate("[...document.querySelectorAll('.amount > span')].filter(one => one.offsetParent).length")
    assert seen == 0
    expect(page.locator("html")).to_have_attribute("data-amounts", "hidden")
    page.context.close()
