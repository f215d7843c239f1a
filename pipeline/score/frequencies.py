"""How many of a thousand papers on computing use a word, for the thousand commonest words.

A reader of twenty papers cannot know that `image` says little and `lidar` much. Counted over the titles
and abstracts of 16,305 papers of arXiv (2021, metadata in the public domain), plurals joined, the words
of `lexical._COMMON_ENGLISH` left out; grouped in steps of a quarter.
"""

from __future__ import annotations

_GROUPS = {
    320: ("neural"),
    250: ("algorithm deep image state-of-the-art"),
    200: ("feature"),
    160: ("accuracy classification machine representation set"),
    130: ("architecture detection prediction space"),
    100: (
        "attention baseline distribution domain human knowledge language loss object optimization "
        "parameter real-world sample setting structure"
    ),
    80: (
        "adversarial computational context convolutional dynamic e.g error estimation example "
        "finally generate graph i.e inference label layer local natural point property "
        "recognition robust semantic standard strategy target test"
    ),
    63: (
        "ability accurate called capture complexity cost efficiency embedding environment "
        "estimate field function future generalization generated generation generative global "
        "gradient identify level leverage linear map mechanism metric modeling module objective "
        "optimal predict processing rate reduce reinforcement scenario second segmentation "
        "sequence size step text unsupervised up user value video vision visual"
    ),
    50: (
        "advantage amount automatic become behavior bound change classifier component computer "
        "condition constraint control decision development directly effect empirical end-to-end "
        "form fully gap help improving instance interaction investigate lack large-scale latent "
        "learn measure noise online original part pattern policy popular produce promising prove "
        "question random regression rely robustness scale scheme score signal spatial strong "
        "supervised support synthetic take theoretical tool traditional transfer transformer use "
        "variety weight year"
    ),
    40: (
        "action adaptive agent annotation approximation assumption attack automatically average "
        "benefit build capability classe cnn combine competitive comprehensive computation "
        "conduct consist contain convergence corresponding critical detect direction distance "
        "diverse empirically end exploit extract factor fast four goal great guarantee higher "
        "impact importance improvement include increasing individual insight instead interest "
        "issue limitation literature lower manner memory named observation pair perspective pose "
        "practice pre-trained probability public publicly reconstruction region relationship "
        "relevant resource resulting role sampling scene search selection similarity simulation "
        "simultaneously sparse statistical stochastic success tackle temporal theory typically "
        "uncertainty underlying utilize variable vector view word"
    ),
    32: (
        "achieving adaptation additionally advance alternative applying approximate artificial "
        "aspect associated augmentation automated bayesian bias building certain characteristic "
        "classical collected combination community comparable computing concept conducted "
        "consistent construct content continuous conventional convolution correlation crucial "
        "derive describe device difference dimension downstream easily edge effort employ encoder "
        "enhance essential expensive explicitly extend extraction face facilitate fail faster "
        "gain gaussian generalize generating give group handle implementation incorporate input "
        "inspired joint jointly labeled leading learning-based leveraging limit long major "
        "matching matrix medical namely nature node noisy numerical observed operation overall "
        "overcome paradigm pipeline power powerful predicting procedure processe progress "
        "providing query real-time realistic reduction relation represent respect risk "
        "self-supervised sery should solving speech speed stage superior time update validate "
        "variant yield"
    ),
    25: (
        "access according account accurately adapt adopt annotated arbitrary area attempt "
        "attribute autonomous avoid beside beyond block capable category cause choice clinical "
        "cloud clustering collection combined combining commonly communication computationally "
        "compute conditional connection considering consistency contrastive create data-driven "
        "dense dependency depth descent detail detecting difficulty discuss distributed dnn "
        "encode ensemble event exist expert explicit extracted fact final fixed flow following "
        "frame fusion hand hard hence hierarchical high-quality highlight idea identifying ii "
        "imaging independent indicate interpretable kernel location mainly mapping methodology "
        "modality modern motion nlp observe offer optimize output past performing pixel platform "
        "play positive predictive previously privacy probabilistic quantitative reasoning "
        "recommendation recurrent reducing regularization relative requirement researcher "
        "resolution response retrieval reveal review reward rich select sensor sentence "
        "sequential shape shared shift showing social structural studied subset successfully "
        "suitable supervision technology testing together trade-off trajectory transformation "
        "translation unified unknown unlabeled unseen upon variation variational version"
    ),
    20: (
        "activation active affect aggregation ai al alignment alleviate allowing analyzing answer "
        "appropriate areas argue article assessment autoencoder background bert binary boundary "
        "built call camera candidate capacity channel classify close cluster comparing complete "
        "compression consistently contextual converge core corpus correct database decoder define "
        "defined density depend derived detailed detector determine developing diagnosis "
        "differential direct discrete discriminative disease diversity document driving early "
        "enabling encoding energy ensure entire entity equation establish estimated estimating "
        "estimator evaluating every evidence exhibit expected explanation exploiting exploration "
        "family far federated filter fine-grained fine-tuning five flexible focuse focused "
        "formulate formulation gan generalized generally generator geometric geometry ground "
        "guide heterogeneous hidden high-dimensional hybrid identification illustrate imagenet "
        "implement implemented implicit incorporating increasingly influence initial integrate "
        "intelligence introducing involve iteration iterative larger light little localization "
        "margin mask maximum measurement mitigate motivated necessary negative next nonlinear "
        "parallel partial patient people per perturbation phase physical position potentially "
        "pre-training precision predicted presence pretrained principle product purpose reason "
        "reference reliable requiring rl rule scalable seen selected semi-supervised serve "
        "simulated source structured subject successful sufficient surface survey synthesis term "
        "tested theoretically top topic total tracking transform true unique unit utilizing "
        "validation variance vehicle verify whole"
    ),
    16: (
        "activity adaptively adding adopted advanced algorithmic alway analyse answering "
        "applicable assess assume audio augmented auxiliary backbone base basic body boost bring "
        "captured capturing causal caused central characterize come computed concern confidence "
        "consisting constant constrained constructed containing contribute contribution convex "
        "counterpart currently deal decomposition degree demand deployed deployment description "
        "designing desired differentiable dimensional discover discovery distillation easy "
        "efficacy element embedded employed encourage english et exact experience explain "
        "explored exploring expression extension extracting extremely fashion feedback few-shot "
        "finite follow forward game generic gnn greatly growing hardware health hold "
        "hyperparameter increase increased infer inherent integrated interpretability "
        "interpretation item just kind labeling largely last latter least likelihood magnitude "
        "maintaining manual manually markov match maximize mean meaningful might million minimal "
        "minimize missing ml mobile modelling monitoring mostly multi-task multimodal naturally "
        "needed notion numerous offline operator optimized optimizing outcome path perception "
        "performance poor preserve project qualitative ranking ratio raw recover reduced "
        "relatively remarkable representative residual robot robotic run science security segment "
        "self-attention sensitive separate service setup short situation smaller special spectral "
        "stability stable statistic superiority systematic taking tend thereby token "
        "transformer-based transition treatment tree truth typical upper usage utility utilized "
        "varying volume way weighted well-known"
    ),
    13: (
        "ablation accelerate aggregate appearance applicability bandit basis biase black-box "
        "bottleneck brain bridge broad code coefficient collect complementary configuration "
        "connected cover created decrease digital dimensionality distinct done dynamically "
        "emerging engineering enhanced enough established examine experimentally extended extra "
        "fewer fit focusing forecasting framework frequency get heuristic hypothesis identified "
        "informative intrinsic inverse length lightweight line link log losse maintain manifold "
        "massive media minimization mixture normal obtaining outperforming person planning "
        "posterior precise preserving prevent private projection proposal quantify rank rapid "
        "regime regret represented scaling sensing sensitivity share sharing showed smooth "
        "software sparsity student style substantial substantially textual traffic tuning turn "
        "universal url weak"
    ),
}

PER_THOUSAND: dict[str, float] = {
    word: float(count) for count, words in _GROUPS.items() for word in words.split()
}
"""Words with the papers of a thousand that use them; a word not listed is in fewer than 13."""
