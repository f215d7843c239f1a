"""Articles of the usual kinds, in our own words, with the role of each link as a reader sees it."""

from __future__ import annotations

from tests.extract.renderings import Sample

P, C = "https://arxiv.org/abs/", "https://github.com/"
_TALK = "这篇论文提出了一种新的训练办法，作者在几个公开数据集上做了比较充分的实验，结果比此前的办法好一些，计算量也更小。"
_MORE = "方法分成两步：先从大量没有标注的图像里学到通用的特征，再用少量标注把它调到具体的任务上，两步共用同一个骨干网络。"

SAMPLES = {
    "paper with labels": Sample(
        title="只用少量标注也能训好检测器？",
        lines=(
            "论文标题：Learning Strong Detectors from Very Few Labels",
            f"论文链接：{P}2203.15332",
            f"代码链接：{C}some_lab/few_label_det",
            "# 方法",
            _TALK,
            f"它的骨干网络沿用了之前的工作（{P}2103.14030），没有再改动。",
            "# 参考文献",
            "[1] A. Person, B. Someone. Other Things in Depth and Width. arXiv preprint arXiv:2102.00002, 2021.",
            f"[2] C. Nobody et al. A Study of Several Small Matters. {P}1901.00003",
        ),
        roles={
            "arxiv:2203.15332": "main",
            "github.com/some_lab/few_label_det": "main",
            "arxiv:2103.14030": "mentioned",
            "arxiv:2102.00002": "mentioned",
            "arxiv:1901.00003": "mentioned",
        },
    ),
    "news with sources at the end": Sample(
        title="视觉模型又有新进展",
        lines=(
            _TALK,
            _MORE,
            "团队表示，下一步会把这个办法用到视频上，并且公开更多的训练细节。",
            "参考资料：",
            f"{P}2305.10601",
        ),
        roles={"arxiv:2305.10601": "main"},
    ),
    "round-up": Sample(
        title="本周值得读的三篇论文",
        lines=(
            "# 1. Learning to Segment Every Small Thing in Images",
            f"论文：{P}2401.00011",
            f"代码：{C}seg/every-thing",
            _TALK,
            "# 2. Fast and Simple Depth Estimation for Mobile Robots",
            f"论文：{P}2401.00022",
            _MORE,
            "# 3. A Closer Look at Long Context in Language Models",
            f"论文：{P}2401.00033",
            f"代码：{C}ctx/closer-look",
            _TALK,
        ),
        roles={
            "arxiv:2401.00011": "main",
            "github.com/seg/every-thing": "main",
            "arxiv:2401.00022": "main",
            "arxiv:2401.00033": "main",
            "github.com/ctx/closer-look": "main",
        },
    ),
    "tool": Sample(
        title="推荐一个命令行工具 quickgrep，搜索代码快了十倍",
        lines=(
            "今天介绍的 quickgrep 是一个用 Rust 写的搜索工具，装好就能用，支持正则和忽略规则。",
            f"项目地址：{C}someone/quickgrep",
            "# 安装",
            f"它依赖 {C}rust-lang/regex 来做匹配，速度因此很有保证。",
            "# 使用",
            "在目录里运行一下就能看到结果，也可以只列文件名，或者按类型过滤。",
        ),
        roles={
            "github.com/someone/quickgrep": "main",
            "github.com/rust-lang/regex": "mentioned",
        },
    ),
    "list of repositories": Sample(
        title="GitHub 上三个有意思的开源项目",
        lines=(
            "# 画图",
            "第一个可以用文字画流程图，写文档时很方便，也能导出成图片。",
            f"GitHub：{C}draw/textflow",
            "# 笔记",
            "第二个是本地的笔记软件，所有内容都存在自己的硬盘上。",
            f"GitHub：{C}note/localnote",
            "# 下载",
            "第三个是下载器，支持断点续传和限速，界面也简单。",
            f"GitHub：{C}get/downer",
        ),
        roles={
            "github.com/draw/textflow": "main",
            "github.com/note/localnote": "main",
            "github.com/get/downer": "main",
        },
    ),
    "tutorial": Sample(
        title="手把手部署一个检测模型",
        lines=(
            "本文介绍怎样把训练好的检测模型部署到小板子上，从导出到推理一步步来。",
            f"本文的完整代码放在 {C}me/deploy-demo ，欢迎试用。",
            "# 环境",
            f"导出时参考了 {C}they/exporter 的写法，稍微改了几行。",
            "# 参考资料",
            f"{C}they/runtime",
        ),
        roles={
            "github.com/me/deploy-demo": "main",
            "github.com/they/exporter": "mentioned",
            "github.com/they/runtime": "mentioned",
        },
    ),
    "model release": Sample(
        title="新一代开源语言模型发布",
        lines=(
            "今天我们发布新一代的语言模型，参数从小到大共三种，推理速度更快，中文能力也更强。",
            _MORE,
            f"技术报告：{P}2405.04434",
            "模型权重：https://huggingface.co/some-team/big-model-7b",
            f"开源地址：{C}some-team/big-model",
            "# 性能",
            "在公开的榜单上，它比同样大小的模型都要好，数学和代码方面进步尤其明显。",
        ),
        roles={
            "arxiv:2405.04434": "main",
            "huggingface.co/some-team/big-model-7b": "main",
            "github.com/some-team/big-model": "main",
        },
    ),
    "sources in numbers": Sample(
        title="新框架让大模型推理更快",
        lines=(
            _TALK,
            _MORE,
            "感兴趣的朋友可以戳下面的链接查看。",
            "参考链接：",
            f"[1]{P}2401.00011",
            f"[2]{C}lab/fastinfer",
        ),
        roles={"arxiv:2401.00011": "main", "github.com/lab/fastinfer": "main"},
    ),
    "links below one label": Sample(
        title="新框架让大模型推理更快",
        lines=(_TALK, _MORE, "传送门：", f"{P}2401.00011", f"{C}lab/fastinfer"),
        roles={"arxiv:2401.00011": "main", "github.com/lab/fastinfer": "main"},
    ),
    "in sentences": Sample(
        title="推理成本降到十分之一",
        lines=(
            _TALK,
            f"目前论文已经公开在 arXiv 上（{P}2401.00011），代码也已在 GitHub 开源：{C}x/cheap 。",
            _MORE,
        ),
        roles={"arxiv:2401.00011": "main", "github.com/x/cheap": "main"},
    ),
    "background first": Sample(
        title="RoboNet：让机器人学会走路",
        lines=(
            _TALK,
            f"此前，有人提出了用仿真训练的办法（arXiv:1901.00003），随后又有工作改进了它（{P}2002.00004）。",
            f"论文地址：{P}2401.00011",
            _MORE,
            "# 实验",
            f"作者对比了 FirstNet ({C}one/firstnet) 和 OtherNet ({C}two/othernet)。",
            "[1] A. Person et al., A Fine Work on Walking, arXiv:1901.00003.",
            f"[2] B. Other, Running Robots, {P}2002.00005",
        ),
        roles={
            "arxiv:1901.00003": "mentioned",
            "arxiv:2002.00004": "mentioned",
            "arxiv:2401.00011": "main",
            "github.com/one/firstnet": "mentioned",
            "github.com/two/othernet": "mentioned",
            "arxiv:2002.00005": "mentioned",
        },
    ),
    "titles and bare addresses": Sample(
        title="ICCV 2023 论文汇总",
        lines=(
            "下面按方向整理了今年的部分论文，后续还会继续补充，大家可以先挑自己感兴趣的方向来看。"
            + _MORE,
            "# 目标检测",
            "Learning to Walk with Very Small Robots",
            f"{P}2401.00011",
            f"{C}a/b1",
            "Running on Sand with Reinforcement Learning",
            f"{P}2401.00012",
        ),
        roles={"arxiv:2401.00011": "main", "github.com/a/b1": "main", "arxiv:2401.00012": "main"},
    ),
    "newsletter": Sample(
        title="前端周报第 12 期",
        lines=(
            "# 工具",
            "tinysort：给表格排序的小工具，只有两千字节，也能按多列排，没有任何依赖，装好就能用。",
            f"{C}someone/tinysort",
            "作者甲",
            "mapgrid：把地图切成小格的库，可以按经纬度找到所在的格子，也能反过来算出格子的边界。",
            f"{C}maps/mapgrid",
            "作者乙",
            "# 文章",
            "怎样写好一个按钮：作者总结了十年里踩过的坑，每一条都有例子和可以直接用的写法。",
            "https://blog.example/buttons",
        ),
        roles={"github.com/someone/tinysort": "main", "github.com/maps/mapgrid": "main"},
    ),
    "announced in numbers": Sample(
        title="残差连接还能怎么改？",
        lines=(
            "这篇文章介绍我们的一个新作品 Layer Mixing[1]，它用注意力来代替层与层之间的相加。",
            _MORE,
            "在它之前已经有 Wide Links[2] 和 Deep Links[3] 等做法，各有各的麻烦。",
            "# 参考文献",
            f"[1] {P}2603.00001",
            f"[2] {P}2409.00002",
            f"[3] {P}2512.00003",
        ),
        roles={
            "arxiv:2603.00001": "main",
            "arxiv:2409.00002": "mentioned",
            "arxiv:2512.00003": "mentioned",
        },
    ),
    "one owner's release": Sample(
        title="给机器人用的新基准 HandBench",
        lines=(
            _TALK,
            _MORE,
            "参考链接：",
            "Project Page：https://handbench.github.io/",
            f"Github：{C}handlab/HandBench",
            "Dataset：https://huggingface.co/datasets/handlab/HandBench-Data",
            "Judge：https://huggingface.co/handlab/hand-judge",
        ),
        roles={
            "github.com/handlab/handbench": "main",
            "huggingface.co/handlab/handbench-data": "main",
            "huggingface.co/handlab/hand-judge": "main",
        },
    ),
    "other tools at the end": Sample(
        title="quickgrep 2.0 发布，搜索又快了一倍",
        lines=(
            "今天介绍的 quickgrep 是一个搜索工具，新版重写了匹配的部分，大仓库里尤其明显。",
            f"项目地址：{C}someone/quickgrep",
            "# 新功能",
            _MORE,
            _MORE,
            "在目录里运行一下就能看到结果，也可以只列文件名，或者按类型过滤，用法和以前一样。",
            "还有超好用的排序工具 tinysort：",
            f"{C}someone/tinysort",
        ),
        roles={
            "github.com/someone/quickgrep": "main",
            "github.com/someone/tinysort": "mentioned",
        },
    ),
    "an interview": Sample(
        title="对话某位研究员：大模型接下来往哪里走",
        lines=(
            "问：你们最近的论文为什么引起这么多讨论？",
            f"答：那篇论文（{P}2310.00007）只是一个开头，我们想看看模型在没有提示的时候会怎么做。",
            _MORE,
            "问：你怎么看开源？",
            "答：开源让大家都能检查结果，也让后来的人少走弯路，我一直支持把训练细节也公开出来。",
        ),
        roles={"arxiv:2310.00007": "main"},
    ),
    "a publisher's page": Sample(
        title="芯片能耗有了新办法，成果登上子刊",
        lines=(
            _TALK,
            "论文链接：https://www.nature.com/articles/s41467-025-65233-w",
            _MORE,
        ),
        roles={"url:https://www.nature.com/articles/s41467-025-65233-w": "main"},
    ),
    "own collection at the end": Sample(
        title="只看一张图就能估计深度？",
        lines=(
            "论文标题：Depth from One Picture with Very Little Effort",
            f"论文链接：{P}2404.00012",
            _TALK,
            f"我维护了一个论文解读的仓库，欢迎大家关注：{C}someone/paper-notes",
        ),
        roles={"arxiv:2404.00012": "main", "github.com/someone/paper-notes": "mentioned"},
    ),
}
