"""Every sentence of this room that a reader sees, in plain Chinese, each with its remedy."""

from __future__ import annotations

from pipeline.enrich.arxiv_reply import Reply, ReplyState
from pipeline.errors import Issue
from pipeline.types import CodeClue, Paper, Repo

_WHY_ARXIV = {
    ReplyState.BUSY: "arXiv 正在限流",
    ReplyState.BOOKED: "arXiv 要求的等待时间太长",
    ReplyState.HOLLOW: "arXiv 返回了空结果",
    ReplyState.GARBAGE: "arXiv 返回的不是论文数据",
    ReplyState.DOWN: "arXiv 连接失败",
}


def arxiv_unavailable(reply: Reply, count: int) -> Issue:
    """One issue for all that had to wait."""
    why = _WHY_ARXIV.get(reply.state, "arXiv 没有正常回答")
    detail = f"（{reply.words}）" if reply.words else ""
    return Issue(
        subject="arxiv",
        code="arxiv.unavailable",
        sentence=f"{why}{detail}，{count} 篇论文的信息暂缺。",
        remedy="草稿照常生成，下次运行会自动补上。",
        temporary=True,
    )


def paper_missing(paper_id: str, meant: Paper | None = None) -> Issue:
    """An id that arXiv does not know; `meant` is the paper of the title beside it."""
    return Issue(
        subject=paper_id,
        code="paper.missing",
        sentence=f"arXiv 上没有编号 {_bare(paper_id)} 的论文，文章里的编号可能写错了。",
        remedy=_meant(meant) or "打开原文核对编号；找到正确的论文后在笔记里改正。",
    )


def paper_id_malformed(paper_id: str, meant: Paper | None = None) -> Issue:
    """An id that cannot be one."""
    return Issue(
        subject=paper_id,
        code="paper.bad_id",
        sentence=f"“{_bare(paper_id)[:40]}” 不是有效的 arXiv 编号。",
        remedy=_meant(meant) or "打开原文核对编号。",
    )


def title_mismatch(paper: Paper, claimed: str, meant: Paper | None = None) -> Issue:
    """The article's title for a paper and the true one have next to nothing in common."""
    return Issue(
        subject=paper.id,
        code="paper.title_mismatch",
        sentence=(
            f"论文链接可能有误：文章写的是《{claimed[:200]}》，"
            f"而 {_bare(paper.id)} 实际是《{paper.title[:200]}》。"
        ),
        remedy=_meant(meant) or "打开原文核对，确认是哪一篇后改正链接。",
    )


def _meant(paper: Paper | None) -> str:
    if paper is None:
        return ""
    return f"已按题目换成 {_bare(paper.id)}《{paper.title[:200]}》，发布前请核对。"


def paper_withdrawn(paper: Paper) -> Issue:
    """The authors took the paper back."""
    return Issue(
        subject=paper.id,
        code="paper.withdrawn",
        sentence=f"论文《{paper.title[:200]}》已被作者从 arXiv 撤稿。",
        remedy="发布前看看撤稿原因，再决定是否保留这一条。",
    )


def repo_gone(repo_id: str) -> Issue:
    """404: deleted, or made private."""
    return Issue(
        subject=repo_id,
        code="repo.gone",
        sentence=f"代码仓库 {_name(repo_id)} 打不开了（已删除或设为私有）。",
        remedy="笔记里没有写上它；可以在论文主页找找新的地址。",
    )


def repo_blocked(repo_id: str) -> Issue:
    """451 or taken down."""
    return Issue(
        subject=repo_id,
        code="repo.blocked",
        sentence=f"代码仓库 {_name(repo_id)} 因法律原因被 GitHub 屏蔽。",
        remedy="笔记里没有写上它，不用改。",
    )


def repo_renamed(repo: Repo) -> Issue:
    """301: it lives under another name today."""
    return Issue(
        subject=repo.id,
        code="repo.renamed",
        sentence=f"代码仓库 {_name(repo.id)} 已更名为 {repo.full_name}。",
        remedy="笔记里用的是新地址，不用改。",
    )


def repo_archived(repo: Repo) -> Issue:
    """Read-only."""
    return Issue(
        subject=repo.id,
        code="repo.archived",
        sentence=f"代码仓库 {repo.full_name} 已归档，作者不再维护。",
        remedy="可以保留链接，必要时在 Tips 里说明。",
    )


def repo_empty(repo: Repo) -> Issue:
    """Nothing in it yet."""
    return Issue(
        subject=repo.id,
        code="repo.empty",
        sentence=f"代码仓库 {repo.full_name} 还是空的，代码尚未发布。",
        remedy="可以先去掉代码链接，或注明“代码待发布”。",
    )


def repo_coming_soon(repo: Repo) -> Issue:
    """A promise instead of code."""
    return Issue(
        subject=repo.id,
        code="repo.coming_soon",
        sentence=f"代码仓库 {repo.full_name} 说代码即将发布，现在可能还没有代码。",
        remedy="可以注明“代码待发布”。",
    )


def repo_from_paper(repo_id: str, paper: Paper, where: str, evidence: str) -> Issue:
    """The code came from what the authors wrote on arXiv, not from the article."""
    return Issue(
        subject=repo_id,
        code="repo.from_paper",
        sentence=(
            f"文章没有给出能用的代码；论文《{paper.title[:120]}》的{where}里写着“{evidence[:160]}”，"
            f"因此补上了 {_name(repo_id)}。"
        ),
        remedy="看一眼是不是这篇论文的代码。",
    )


def repo_found(clue: CodeClue, paper: Paper) -> Issue:
    """The code came from looking for it, not from the article."""
    return Issue(
        subject=clue.repo.id,
        code="repo.found",
        sentence=(
            f"文章没有给出能用的代码；按论文《{paper.title[:120]}》在 {clue.source} 上找到了 "
            f"{clue.repo.full_name}（{clue.evidence[:160]}；把握 {clue.confidence:.0%}）。"
        ),
        remedy="看一眼是不是这篇论文的代码。",
    )


def unavailable(subject: str, name: str, why: str) -> Issue:
    """A service without which a note is complete all the same."""
    return Issue(
        subject=subject,
        code=f"{subject}.unavailable",
        sentence=f"{name} {why}，有的论文没有查成。",
        remedy="不影响草稿；以后运行时会再查。",
        temporary=True,
    )


def shared_paper(paper: Paper, other_title: str) -> Issue:
    """Two articles share one paper but not all; they are not merged."""
    return Issue(
        subject=paper.id,
        code="article.shared_paper",
        sentence=f"另一篇文章《{other_title[:120]}》也讲到论文《{paper.title[:120]}》。",
        remedy="如果内容重复，发布前留一条即可。",
    )


def github_unavailable(why: str, count: int, remedy: str = "") -> Issue:
    """One issue for all repositories that had to wait."""
    return Issue(
        subject="github",
        code="github.unavailable",
        sentence=f"{why}，{count} 个代码仓库的信息暂缺。",
        remedy=remedy or "草稿照常生成，下次运行会自动补上。",
        temporary=True,
    )


def github_token_refused() -> Issue:
    """401 with a token: go on without it."""
    return Issue(
        subject="github",
        code="github.bad_token",
        sentence="GitHub 不接受当前的访问令牌，这次改为匿名查询（每小时 60 次）。",
        remedy="重新生成令牌并更新环境变量 GITHUB_TOKEN，或运行 gh auth login。",
    )


def _bare(paper_id: str) -> str:
    return paper_id.removeprefix("arxiv:")


def _name(repo_id: str) -> str:
    return repo_id.removeprefix("github.com/")
