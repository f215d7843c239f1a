"""Extract: from pages to articles with typed links."""

from __future__ import annotations

from pipeline.errors import Issue
from pipeline.stages.app import App, Run, Tally
from pipeline.stages.sharing import in_batches
from pipeline.types import PageState, StageReport

BATCH = 50


def extract(app: App, run: Run) -> StageReport:
    """Read every fetched page into an article with typed links."""
    tally = Tally("extract", run)
    for pages in in_batches(app, "extract", lambda now: app.store.lease_pages(BATCH, now)):
        tally.total += len(pages)
        for item in pages:
            article = app.extractor.extract(item.page, item.entry)
            new = app.store.save_article(item.entry_id, article, app.clock.now())
            if article.state is not PageState.OK:
                tally.step("skipped", *(article.issues or (_no_article(article.title),)))
            else:
                tally.step("made" if new else "skipped", *article.issues)
    return tally.report()


def _no_article(subject: str) -> Issue:
    return Issue(
        subject=subject,
        code="page.no_article",
        sentence="页面里没有找到文章。",
        remedy="在浏览器里打开看看；确有文章的话另存为网页放进 saved 文件夹。",
    )
