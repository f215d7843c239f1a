"""Texts about research in any field, in pairs that say the same in Chinese and in English.

They show how near any research is to a phrase: e5 puts a phrase like 网络攻击 nearer to every paper
than one like 语音识别, and only what lies above that says anything; see `topic`.
"""

from __future__ import annotations

RESEARCH: tuple[tuple[str, str], ...] = (
    (
        "少样本图像分类：用元学习在新类别上快速适应。",
        "Few-shot image classification: meta-learning adapts quickly to new classes.",
    ),
    (
        "实时目标检测器的轻量化骨干网络与特征融合。",
        "A light backbone and feature fusion for real-time object detectors.",
    ),
    (
        "医学图像分割：从少量标注中勾画器官与病灶。",
        "Medical image segmentation: outlining organs and lesions from few labels.",
    ),
    (
        "用生成对抗网络编辑人像的表情与年龄。",
        "Editing the expression and age of portraits with generative adversarial networks.",
    ),
    (
        "从单张照片估计深度与三维形状。",
        "Estimating depth and three-dimensional shape from a single photograph.",
    ),
    (
        "视频中的动作识别与时序定位。",
        "Recognising actions in video and locating them in time.",
    ),
    (
        "激光雷达点云的三维目标检测，面向自动驾驶。",
        "Three-dimensional detection in lidar point clouds for self-driving cars.",
    ),
    (
        "图像去噪、去模糊与超分辨率复原。",
        "Restoring images: denoising, deblurring and super-resolution.",
    ),
    (
        "视觉与语言预训练：图文检索和看图问答。",
        "Vision and language pre-training for retrieval and questions about pictures.",
    ),
    (
        "神经机器翻译在低资源语言上的数据增强。",
        "Data augmentation for neural machine translation of low-resource languages.",
    ),
    (
        "预训练语言模型的微调与提示学习。",
        "Fine-tuning and prompting pre-trained language models.",
    ),
    (
        "开放域问答：先检索段落，再抽取答案。",
        "Open-domain question answering: retrieve passages, then extract the answer.",
    ),
    (
        "长文档的抽取式与生成式摘要。",
        "Extractive and abstractive summaries of long documents.",
    ),
    (
        "知识图谱补全与实体关系抽取。",
        "Completing knowledge graphs and extracting relations between entities.",
    ),
    (
        "社交媒体文本的情感与仇恨言论识别。",
        "Detecting sentiment and hate speech in social media posts.",
    ),
    (
        "任务型对话系统的状态跟踪与回复生成。",
        "State tracking and response generation in task-oriented dialogue.",
    ),
    (
        "端到端语音识别：流式解码与自训练。",
        "End-to-end speech recognition: streaming decoders and self-training.",
    ),
    (
        "音乐自动标注与伴奏分离。",
        "Tagging music automatically and separating the accompaniment.",
    ),
    (
        "深度强化学习中的探索与样本效率。",
        "Exploration and sample efficiency in deep reinforcement learning.",
    ),
    (
        "多智能体协作与博弈均衡的学习。",
        "Learning cooperation and equilibria among many agents.",
    ),
    (
        "机械臂抓取未知物体的模仿学习。",
        "Imitation learning for grasping unknown objects with a robot arm.",
    ),
    (
        "无人机编队的路径规划与避障。",
        "Path planning and obstacle avoidance for fleets of drones.",
    ),
    (
        "视觉惯性里程计与同步建图。",
        "Visual-inertial odometry and simultaneous mapping.",
    ),
    (
        "图神经网络的表达能力与过平滑。",
        "Expressive power and over-smoothing of graph neural networks.",
    ),
    (
        "分子性质预测与药物发现的图模型。",
        "Graph models that predict molecular properties for drug discovery.",
    ),
    (
        "推荐系统中的序列行为建模与点击率预测。",
        "Modelling user sequences and click-through rates in recommender systems.",
    ),
    (
        "搜索引擎的稠密检索与重排序。",
        "Dense retrieval and re-ranking for search engines.",
    ),
    (
        "联邦学习在数据分布不一致时的收敛。",
        "Convergence of federated learning on clients with different data.",
    ),
    (
        "对抗样本的攻击与可证明的鲁棒性。",
        "Adversarial examples and certified robustness.",
    ),
    (
        "恶意软件与网络入侵的自动识别。",
        "Recognising malware and network intrusions automatically.",
    ),
    (
        "神经网络剪枝、量化与知识蒸馏。",
        "Pruning, quantising and distilling neural networks.",
    ),
    (
        "自监督对比学习的表示与坍缩。",
        "Representations and collapse in self-supervised contrastive learning.",
    ),
    (
        "不确定性估计与概率预测的校准。",
        "Estimating uncertainty and calibrating probabilistic predictions.",
    ),
    (
        "随机梯度下降的收敛率与泛化界。",
        "Convergence rates and generalisation bounds of stochastic gradient descent.",
    ),
    (
        "因果推断：从观测数据估计处理效应。",
        "Causal inference: treatment effects from observational data.",
    ),
    (
        "时间序列预测与异常检测。",
        "Forecasting time series and detecting anomalies.",
    ),
    (
        "组合优化的近似算法与求解器学习。",
        "Approximation algorithms and learned solvers for combinatorial optimisation.",
    ),
    (
        "物理约束的神经网络求解偏微分方程。",
        "Neural networks constrained by physics that solve partial differential equations.",
    ),
    (
        "电子病历上的疾病风险预测。",
        "Predicting the risk of disease from electronic health records.",
    ),
    (
        "程序合成与代码补全的语言模型。",
        "Language models that synthesise programs and complete code.",
    ),
)
