"""Everything the page says, in the reader's language: Chinese first, English beside it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

_WORDS: Mapping[str, tuple[str, str]] = {
    # the frame
    "skip": ("跳到内容", "Skip to content"),
    "nav": ("主导航", "Main"),
    "draft": ("草稿", "Draft"),
    "history": ("历史", "History"),
    "stats": ("统计", "Statistics"),
    "keys": ("按键", "Keys"),
    "close": ("关闭", "Close"),
    "back_to_list": ("返回列表", "Back to the list"),
    # the day
    "progress": ("已决定 {done} / {all}", "{done} of {all} decided"),
    "undo": ("撤销", "Undo"),
    "redo": ("重做", "Redo"),
    "undo_what": ("撤销：{what}", "Undo: {what}"),
    "redo_what": ("重做：{what}", "Redo: {what}"),
    "nothing_to_undo": ("没有可撤销的", "Nothing to undo"),
    "nothing_to_redo": ("没有可重做的", "Nothing to redo"),
    "preview": ("预览", "Preview"),
    "publish": ("发布", "Publish"),
    "published": ("已发布", "Published"),
    "published_on": ("这一版已发布", "This version is published"),
    "drafted": ("有草稿", "Draft"),
    "day_before": ("前一天", "Day before"),
    "day_after": ("后一天", "Day after"),
    "filters": ("按状态筛选", "Filter by state"),
    "filter_all": ("要点", "In the note"),
    "filter_pending": ("未看", "Pending"),
    "filter_kept": ("已定", "Kept"),
    "filter_dropped": ("已删", "Dropped"),
    "filter_attention": ("需留意", "Attention"),
    "search": ("在列表里找", "Find in the list"),
    "list_items": ("今日要点", "In the note"),
    "list_also_seen": ("今日还看到", "Also seen"),
    "list_dropped": ("已删掉", "Dropped"),
    "list_hint": ("排在后面、没有进笔记的文章", "Ranked lower, not in the note"),
    "no_items": ("这一天的笔记里还没有条目。", "The note of this day has no items yet."),
    "nothing_here": ("没有符合的条目。", "Nothing matches."),
    "add_url": ("加一个网址", "Add an address"),
    "add_url_hint": ("放进收件箱，下次运行时读", "Goes to the inbox, read at the next run"),
    "add_hand": ("手写一条", "Write an item by hand"),
    "add_hand_hint": (
        "Markdown：[标题](网址)，下面写各栏",
        "Markdown: [title](address), fields below",
    ),
    "add": ("加入", "Add"),
    "conflicts_in_file": (
        "文件里留有重跑时的冲突，请在编辑器里合并：",
        "A rerun left conflicts in the file; merge them in an editor:",
    ),
    # an item
    "stars_of": ("给几颗星", "Stars"),
    "star": ("{n} 星", "{n} stars"),
    "suggested": ("建议 {n} 星", "{n} suggested"),
    "given": ("你给了 {n} 星", "You gave {n}"),
    "accept": ("采纳", "Accept"),
    "accept_title": ("采纳建议的 {n} 星", "Accept the {n} suggested"),
    "drop": ("删掉", "Drop"),
    "restore": ("恢复", "Restore"),
    "promote": ("放进笔记", "Into the note"),
    "demote": ("移到“还看到”", "To also seen"),
    "up": ("上移", "Move up"),
    "down": ("下移", "Move down"),
    "drag": ("拖动排序", "Drag to reorder"),
    "relevance": ("相关", "Relevance"),
    "state_pending": ("未看", "pending"),
    "state_kept": ("已定", "kept"),
    "state_dropped": ("已删", "dropped"),
    "state_also": ("还看到", "also seen"),
    "by_hand": ("手写", "by hand"),
    "entry": ("条目", "Entry"),
    "article": ("原文", "Article"),
    "original": ("原网页", "Original"),
    "paper": ("论文", "Paper"),
    "code": ("代码", "Code"),
    "title": ("标题", "Title"),
    "why": ("为什么", "Why"),
    "why_table": ("数字", "Figures"),
    "no_score": ("还没有评分。", "No score yet."),
    "interest": ("兴趣", "interest"),
    "mute": ("不想看", "muted"),
    "past": ("以往笔记", "past notes"),
    "word": ("用词", "words"),
    "metadata": ("来历", "facts"),
    "picture": ("图片", "Picture"),
    "no_picture": ("不放图片", "No picture"),
    "use_picture": ("用第 {n} 张", "Use picture {n}"),
    "picture_now": ("笔记里用的图片", "The picture in the note"),
    "attention": ("需要留意", "Needs attention"),
    "tips_suggested": ("建议", "suggested"),
    "Abstract": ("摘要", "Abstract"),
    "Paper": ("论文", "Paper"),
    "Code": ("代码", "Code"),
    "Tips": ("要点", "Tips"),
    "save": ("保存", "Save"),
    "also_covered": ("也有报道", "Also covered by"),
    "noted": ("{day} 的笔记里记过", "Noted on {day}"),
    "choose_item": ("从左边选一条。", "Choose an item from the list."),
    "no_article": ("没有存下这篇的原文。", "The article was not kept."),
    "reading": (
        "原文（已去掉脚本，图片经本机转取）",
        "Article, scripts removed, pictures by proxy",
    ),
    # badges
    "verified": ("已核对", "verified"),
    "doubtful": ("存疑", "doubtful"),
    "pending_check": ("待核对", "to be checked"),
    "unchecked": ("未核对", "unchecked"),
    "withdrawn": ("已撤稿", "withdrawn"),
    "venue": ("会议", "venue"),
    "stargazers": ("GitHub 星标", "stargazers"),
    "pushed": ("最近提交", "last push"),
    "release": ("最新版本", "latest release"),
    "licence": ("许可证", "licence"),
    "repo_renamed": ("改了名", "renamed"),
    "repo_archived": ("已归档", "archived"),
    "repo_empty": ("空仓库", "empty"),
    "repo_gone": ("不存在", "gone"),
    "repo_blocked": ("被屏蔽", "blocked"),
    "repo_unknown": ("查不到", "unknown"),
    # what happened
    "saved": ("已保存", "Saved"),
    "unchanged": ("没有变化", "Nothing changed"),
    "retrying": ("没保存上，正在重试……", "Not saved yet, trying again…"),
    "not_saved": ("没有保存：", "Not saved: "),
    "elsewhere": ("别处改过，已更新到最新。", "Changed elsewhere; now up to date."),
    "elsewhere_open": (
        "这一条在别处改过；你正在写的没有动。",
        "Changed elsewhere; what you are writing was left alone.",
    ),
    "reload": ("看最新的", "Show the newest"),
    "added_url": ("放进了收件箱，下次运行会读。", "In the inbox; read at the next run."),
    "known_url": ("收件箱里已经有了。", "Already in the inbox."),
    "clash": ("同一处在两个地方改了", "The same place was changed twice"),
    "clash_mine": ("你写的", "Yours"),
    "clash_theirs": ("文件里现在的", "In the file now"),
    "take_mine": ("用我的", "Take mine"),
    "take_theirs": ("用文件里的", "Keep the file's"),
    "empty": ("（空）", "(empty)"),
    "problem": ("出了问题", "Something is wrong"),
    "to_do": ("怎么办", "What to do"),
    # preview and publish
    "preview_of": ("预览 {day}", "Preview of {day}"),
    "rendered": ("成稿", "Rendered"),
    "diff": ("与已发布的差别", "Changes against what is published"),
    "no_diff": ("没有差别：这一版已经在那里了。", "No difference: this version is there already."),
    "no_target": ("还没有设置发布到哪里。", "No place to publish to is set."),
    "source": ("Markdown 原文", "Markdown source"),
    "confirm": ("确认发布", "Publish now"),
    "confirm_of": ("发布 {day}", "Publish {day}"),
    "confirm_hint": ("会写下面这些文件，只提交一次。", "These files are written, in one commit."),
    "pending_left": ("还有 {n} 条没看。", "{n} items are still pending."),
    "attention_left": ("还有 {n} 条需要留意。", "{n} items need attention."),
    "obstacles": ("现在不能发布", "It cannot be published now"),
    "back_to_day": ("回到草稿", "Back to the draft"),
    "changed_since": (
        "看过预览之后笔记又改了，没有发布。请再看一遍。",
        "The note changed after you looked; nothing was published. Look again.",
    ),
    "done_publishing": ("发布好了", "Published"),
    "was_published": ("这一版已经发布过，没有重复提交。", "Published before; not committed again."),
    "commit": ("提交", "Commit"),
    "files": ("文件", "Files"),
    "not_pushed": ("还没有推送到远端。", "Not pushed to the remote yet."),
    # history
    "days": ("历史", "History"),
    "no_days": ("还没有笔记。", "No notes yet."),
    "first_run": (
        "先运行 stardraft run，或按下面的按钮。",
        "Run stardraft run, or press the button below.",
    ),
    "n_items": ("{n} 条", "{n} items"),
    "no_such_day": ("{day} 没有笔记。", "There is no note of {day}."),
    # running
    "run_now": ("现在运行", "Run now"),
    "running": ("正在运行……", "Running…"),
    "run_done": ("运行结束。", "The run has ended."),
    "run_failed": ("运行没有完成（退出码 {code}）。", "The run failed (exit code {code})."),
    # statistics
    "stats_of": ("进展如何", "How it goes"),
    "too_little": ("还看不出来：{why}", "Too early to tell: {why}"),
    "chart_stars": ("建议的星 × 给的星", "Suggested × given stars"),
    "chart_stars_note": (
        "格子里是条数；落在对角线上的是建议得对的。",
        "Counts; on the diagonal the suggestion was right.",
    ),
    "chart_calibration": ("说有多相关，就真有多少留下？", "Calibration"),
    "chart_calibration_note": (
        "横轴是估计的相关程度，纵轴是其中真正留下的比例；贴着虚线最好。",
        "Estimated relevance against the share kept; on the dashed line is best.",
    ),
    "chart_recall": ("读到第几条，就看全了想要的？", "Recall against items read"),
    "chart_recall_note": (
        "每天从最相关的读起；虚线是随便读的样子。",
        "Each day read from the most relevant on; dashed: in any order.",
    ),
    "chart_drift": ("兴趣往哪里走", "Interest drift"),
    "chart_drift_note": (
        "每月留下的条目里，各个兴趣拉动了多少。",
        "What each interest contributed to the kept items of a month.",
    ),
    "chart_yield": ("哪些来源有用", "Source yield"),
    "chart_yield_note": ("看到的文章里留下了几篇。", "How many of the articles seen were kept."),
    "chart_runs": ("运行情况", "Run health"),
    "chart_runs_note": (
        "最近各次运行用了多少秒；红点表示有失败的步骤。",
        "Seconds of the latest runs; a red dot marks a failed step.",
    ),
    "why_decisions": (
        "至少要有 {n} 条决定，现在 {have} 条。",
        "{n} decisions needed, {have} so far.",
    ),
    "why_months": ("至少要有两个月的笔记。", "Two months of notes are needed."),
    "why_runs": ("还没有运行过。", "Nothing has run yet."),
    "sources_trouble": ("有问题的来源", "Sources in trouble"),
    "sources_fine": ("{n} 个来源都正常。", "All {n} sources answer."),
    "failures": ("连续失败 {n} 次", "failed {n} times in a row"),
    "data": ("数据", "Data"),
    "col_day": ("日期", "Day"),
    "col_given": ("给的星", "Given"),
    "col_suggested": ("建议", "Suggested"),
    "col_relevance": ("相关程度", "Relevance"),
    "col_seen": ("看到", "Seen"),
    "col_kept": ("留下", "Kept"),
    "col_share": ("比例", "Share"),
    "col_read": ("读了几条", "Read"),
    "col_recall": ("看到了想要的", "Found"),
    "col_source": ("来源", "Source"),
    "col_month": ("月份", "Month"),
    "col_interest": ("兴趣", "Interest"),
    "col_run": ("开始", "Started"),
    "col_seconds": ("秒", "Seconds"),
    "col_made": ("条目", "Items"),
    "col_failed": ("失败", "Failed"),
    "col_reason": ("理由", "Reason"),
    "col_kind": ("种类", "Kind"),
    # keys
    "keys_title": ("键盘", "Keyboard"),
    "keys_off": (
        "快捷键在设置里关掉了（[review] shortcuts）。",
        "Shortcuts are off in the settings ([review] shortcuts).",
    ),
    "keys_change": (
        "在 settings.toml 的 [review.keys] 里改；输入框里和输入法选字时不起作用。",
        "Change them in settings.toml under [review.keys]; they rest while you type.",
    ),
    "key_next": ("下一条", "Next"),
    "key_previous": ("上一条", "Previous"),
    "key_star": ("给星", "Give stars"),
    "key_accept": ("采纳建议的星", "Accept the suggested stars"),
    "key_drop": ("删掉 / 恢复", "Drop / restore"),
    "key_undo": ("撤销", "Undo"),
    "key_redo": ("重做", "Redo"),
    "key_edit": ("编辑", "Edit"),
    "key_leave": ("离开输入框", "Leave the field"),
    "key_done": ("写完，到下一条未看的", "Done, on to the next pending one"),
    "key_up": ("上移", "Move up"),
    "key_down": ("下移", "Move down"),
    "key_article": ("条目 / 原文", "Entry / article"),
    "key_original": ("打开原网页", "Open the original"),
    "key_paper": ("打开论文", "Open the paper"),
    "key_code": ("打开代码", "Open the code"),
    "key_filter": ("在列表里找", "Find in the list"),
    "key_help": ("按键说明", "This help"),
    "key_go_draft": ("去草稿", "Go to the draft"),
    "key_go_history": ("去历史", "Go to the history"),
    "key_go_stats": ("去统计", "Go to the statistics"),
}
_WEEKDAYS = ("星期一 星期二 星期三 星期四 星期五 星期六 星期日", "Mon Tue Wed Thu Fri Sat Sun")


class Words:
    """The catalogue in one language; called with a key and what stands in its braces."""

    def __init__(self, language: str) -> None:
        self._column = 1 if language == "en" else 0
        self.lang = "en" if language == "en" else "zh-CN"

    def __call__(self, key: str, **values: object) -> str:
        """The words for `key`; a key without words is a mistake of ours and raises."""
        return _WORDS[key][self._column].format(**values)

    def has(self, key: str) -> bool:
        """True where there are words for it (a label from the file may be anything)."""
        return key in _WORDS

    def day(self, day: date) -> str:
        """The day as the language writes it."""
        if self._column:
            return f"{day:%Y-%m-%d}"
        return f"{day.year} 年 {day.month} 月 {day.day} 日"

    def weekday(self, day: date) -> str:
        """The day of the week."""
        return _WEEKDAYS[self._column].split()[day.weekday()]
