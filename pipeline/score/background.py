"""Texts about everything else, in pairs that say the same in Chinese and in English.

They show what a model's vectors have in common whatever the topic; see `topic`.
"""

from __future__ import annotations

PAIRS: tuple[tuple[str, str], ...] = (
    (
        "家常红烧肉的做法：五花肉焯水，炒糖色，小火慢炖一小时。",
        "How to braise pork belly at home: blanch it, caramelise sugar, simmer for an hour.",
    ),
    (
        "周末足球联赛综述：主队补时进球，两队握手言和。",
        "Weekend football round-up: a stoppage-time goal earns the hosts a draw.",
    ),
    (
        "央行公布最新利率决议，债券市场小幅波动。",
        "The central bank announces its interest rate decision; bond markets move a little.",
    ),
    (
        "古镇两日游攻略：住宿、交通和值得一看的老街。",
        "Two days in an old town: where to stay, how to get there, which streets to see.",
    ),
    (
        "公司年会圆满举行，表彰年度优秀员工。",
        "The company held its annual party and honoured the employees of the year.",
    ),
    (
        "某高校发布新学期招生简章和奖学金政策。",
        "A university publishes its admission rules and scholarships for the new term.",
    ),
    (
        "新款手机发布：屏幕更大，电池更耐用，价格不变。",
        "A new phone is out: larger screen, longer battery life, same price.",
    ),
    (
        "如何写好一份简历：突出项目经历，控制在一页以内。",
        "How to write a good CV: show your projects and keep it to one page.",
    ),
    (
        "气象台发布暴雨预警，提醒市民减少外出。",
        "The weather service warns of heavy rain and advises people to stay indoors.",
    ),
    (
        "一种新型电池材料的合成及其电化学性能研究。",
        "Synthesis and electrochemical properties of a new battery material.",
    ),
    (
        "随机微分方程解的存在唯一性及其数值逼近。",
        "Existence, uniqueness and numerical approximation of solutions of stochastic equations.",
    ),
    (
        "星系团引力透镜观测揭示暗物质的分布。",
        "Gravitational lensing by galaxy clusters reveals how dark matter is distributed.",
    ),
    (
        "高血压患者的饮食管理与用药注意事项。",
        "Diet and medication advice for patients with high blood pressure.",
    ),
    (
        "分布式数据库的事务一致性与故障恢复机制。",
        "Transactions, consistency and failure recovery in distributed databases.",
    ),
    (
        "网页前端开发：组件状态管理与构建工具的选择。",
        "Web front ends: managing component state and choosing build tools.",
    ),
    (
        "操作系统内核的内存分配与进程调度。",
        "Memory allocation and process scheduling in an operating system kernel.",
    ),
    (
        "区块链智能合约的安全漏洞与审计方法。",
        "Security holes of smart contracts on blockchains and how to audit them.",
    ),
    (
        "无线通信中的信道编码与多天线预编码方案。",
        "Channel codes and multi-antenna precoding for wireless communication.",
    ),
    (
        "城市交通政策对居民出行方式的影响：一项问卷调查。",
        "How city transport policy changes the way people travel: a survey.",
    ),
    (
        "读书笔记：明清小说中的家族与社会。",
        "Reading notes: family and society in the novels of the Ming and Qing dynasties.",
    ),
)
