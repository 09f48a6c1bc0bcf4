(* The check of an upper bound for the entropy: a graph of monotone parts with rational data (theorem of
   EntropyAbove.v), for a piecewise-linear map given as a tree of lines. *)

From Coq Require Import Reals ZArith QArith Qreals Lra Lia List Bool.
From Certify Require Import Dynamics Iterates Parts Entropy EntropyAbove Rational Pieces Images Mesh EntropyCheck.
Import ListNotations.
Local Open Scope R_scope.

(* ---- Monotone parts of a tree of lines ---- *)

(* The lines between u and w have slopes of sign s (1 or -1), or 0. *)
Fixpoint slopes (s : Z) (t : pieces) (u w : Q) : bool :=
  match t with
  | One l => (0 <=? s * slope l)%Z
  | Split L p _ _ R =>
      if leq w p then slopes s L u w else if leq p u then slopes s R u w else slopes s L u w && slopes s R u w
  end.

Lemma slopes_monotone s t u w : forall a b, joined a t b = true -> slopes s t u w = true ->
  forall x y, Q2R u <= x -> x <= y -> y <= Q2R w -> IZR s * sem t x <= IZR s * sem t y.
Proof.
  induction t as [l|L IHL p v r R IHR]; intros a b J H x y Hx Hxy Hy; cbn [slopes] in H.
  - cbn [sem]. unfold line_sem. apply Z.leb_le, IZR_le in H. rewrite mult_IZR in H.
    assert (Hd : 0 < / IZR (Zpos (scale l))) by (apply Rinv_0_lt_compat; auto). unfold Rdiv.
    set (d := / IZR (Zpos (scale l))) in *.
    assert (Hdiff : 0 <= IZR s * IZR (slope l) * (y - x) * d)
      by (apply Rmult_le_pos; [apply Rmult_le_pos|]; lra).
    apply Rminus_le. replace (IZR s * ((IZR (slope l) * x + IZR (const l)) * d) -
      IZR s * ((IZR (slope l) * y + IZR (const l)) * d)) with (- (IZR s * IZR (slope l) * (y - x) * d))
        by ring. lra.
  - destruct (joinedE _ _ _ _ _ _ _ J) as [_ _ _ _ JL JR].
    assert (Hleft : slopes s L u w = true -> y <= Q2R p ->
      IZR s * sem (Split L p v r R) x <= IZR s * sem (Split L p v r R) y).
    { intros H' Hyp. rewrite !(sem_left J) by lra. apply (IHL a (Some p)); auto. }
    assert (Hright : slopes s R u w = true -> Q2R p <= x ->
      IZR s * sem (Split L p v r R) x <= IZR s * sem (Split L p v r R) y).
    { intros H' Hpx. rewrite !sem_right by lra. apply (IHR (Some p) b); auto. }
    destruct (leqP w p) as [Hwp|Hwp]; [apply Hleft; auto; lra|].
    destruct (leqP p u) as [Hpu|Hpu]; [apply Hright; auto; lra|].
    apply andb_true_iff in H as [HL HR].
    destruct (Rle_lt_dec y (Q2R p)) as [Hyp|Hyp]; [apply Hleft; auto|].
    destruct (Rle_lt_dec (Q2R p) x) as [Hpx|Hpx]; [apply Hright; auto|].
    apply (Rle_trans _ (IZR s * sem (Split L p v r R) (Q2R p))).
    + rewrite !(sem_left J) by lra. apply (IHL a (Some p)); auto; lra.
    + rewrite !sem_right by lra. apply (IHR (Some p) b); auto; lra.
Qed.

(* ---- The check ---- *)

(* steps into interval 0; the intervals; for each its parts end to end,
  with a target where f is not constant; its weight
   and its rank; the growth *)
Inductive entropy_bound := EntropyUpper (core_steps : nat) (intervals : list (Q * Q))
  (parts : list (list (Q * Q * option nat))) (weights : list positive) (ranks : list nat) (growth : Q).

Definition bound_of (c : entropy_bound) : Q := let 'EntropyUpper _ _ _ _ _ growth := c in growth.

Section Check.
Variables (t : pieces) (J : Q * Q) (core_steps : nat) (intervals : list (Q * Q)).
Variables (rows : list (list (Q * Q * option nat))) (weights : list positive) (ranks : list nat) (growth : Q).

Let interval (i : nat) : Q * Q := nth i intervals (0, 0)%Q.
Let row (i : nat) : list (Q * Q * option nat) := nth i rows [].
Let weight (i : nat) : positive := nth i weights 1%positive.
Let rank (i : nat) : nat := nth i ranks 0%nat.

Definition inside (x : Q) (I : Q * Q) : bool := leq (fst I) x && leq x (snd I).

Definition good_part (i : nat) (e : Q * Q * option nat) : bool :=
  let rising := slopes 1 t (left e) (right e) in
  let falling := slopes (-1) t (left e) (right e) in
  match label e with
  | None => rising && falling
  | Some j => (rising || falling) && (j <? length intervals)%nat && (rank j <=? rank i)%nat &&
      inside (at_point t (left e)) (interval j) && inside (at_point t (right e)) (interval j)
  end.

(* The parts lie end to end from a to b. *)
Fixpoint end_to_end (a : Q) (r : list (Q * Q * option nat)) (b : Q) : bool :=
  match r with
  | [] => same a b
  | e :: r' => same (left e) a && leq (left e) (right e) && end_to_end (right e) r' b
  end.

Definition level_weight (i : nat) (r : list (Q * Q * option nat)) : Z :=
  fold_right Z.add 0%Z
    (map (fun j => Zpos (weight j)) (filter (fun j => (rank j =? rank i)%nat) (targets r))).

Definition good_vertex (i : nat) : bool :=
  let (a, b) := interval i in
  leq (fst J) a && leq b (snd J) && end_to_end a (row i) b && forallb (good_part i) (row i) &&
  leq (level_weight i (row i) # 1) (growth * (Zpos (weight i) # 1)).

Definition entropy_above_check : bool :=
  let core := images t core_steps J in
  (0 <? length intervals)%nat && leq 1 growth &&
  inside (fst core) (interval 0) && inside (snd core) (interval 0) &&
  forallb good_vertex (seq 0 (length intervals)).

Variable f : R -> R.
Hypothesis Hf : continuity f.
Hypothesis Ht : joined None t None = true.
Hypothesis Hr : ranged t.
Hypothesis Hsem : forall x, contains J x -> sem t x = f x.
Hypothesis Hself : selfmap f (Q2R (fst J)) (Q2R (snd J)).

Definition real_part (e : Q * Q * option nat) : R * R * option nat := (Q2R (left e), Q2R (right e), label e).

Lemma end_to_end_tiled r : forall a b, end_to_end a r b = true -> tiled (Q2R a) (map real_part r) (Q2R b).
Proof.
  induction r as [|e r IH]; intros a b H; simpl in *; [apply (reflect_true _ _ (sameP _ _) H)|].
  rewrite !andb_true_iff in H. destruct H as [[H1 H2] H3].
  apply (reflect_true _ _ (sameP _ _)) in H1. apply (reflect_true _ _ (leqP _ _)) in H2.
  split; [exact H1|]. split; [exact H2|]. apply IH, H3.
Qed.

Lemma inside_R x I : inside x I = true -> Q2R (fst I) <= Q2R x <= Q2R (snd I).
Proof.
  unfold inside. rewrite andb_true_iff. intros [H1 H2]. apply (reflect_true _ _ (leqP _ _)) in H1, H2.
  lra.
Qed.

Lemma targets_real r : targets (map real_part r) = targets r.
Proof. unfold targets. induction r as [|e r IH]; simpl; [reflexivity|]. rewrite IH. reflexivity. Qed.

Lemma slopes_rising u w : contains J (Q2R u) -> contains J (Q2R w) -> slopes 1 t u w = true ->
  forall x y, Q2R u <= x -> x <= y -> y <= Q2R w -> f x <= f y.
Proof.
  unfold contains. intros Hu Hw H x y Hx Hxy Hy.
    pose proof (slopes_monotone 1 t u w _ _ Ht H x y Hx Hxy Hy) as Hle.
  rewrite !Hsem in Hle by (unfold contains; lra). lra.
Qed.

Lemma slopes_falling u w : contains J (Q2R u) -> contains J (Q2R w) -> slopes (-1) t u w = true ->
  forall x y, Q2R u <= x -> x <= y -> y <= Q2R w -> f y <= f x.
Proof.
  unfold contains. intros Hu Hw H x y Hx Hxy Hy.
    pose proof (slopes_monotone (-1) t u w _ _ Ht H x y Hx Hxy Hy) as Hle.
  rewrite !Hsem in Hle by (unfold contains; lra). lra.
Qed.

Lemma good_part_sound i e : good_part i e = true -> contains J (Q2R (left e)) -> contains J (Q2R (right e)) ->
  Q2R (left e) <= Q2R (right e) -> match label e with
  | None => forall x y, Q2R (left e) <= x <= Q2R (right e) -> Q2R (left e) <= y <= Q2R (right e) -> f x = f y
  | Some j => (j < length intervals)%nat /\ (rank j <= rank i)%nat /\
    monotone f (Q2R (left e)) (Q2R (right e)) /\
      forall x, Q2R (left e) <= x <= Q2R (right e) -> Q2R (fst (interval j)) <= f x <= Q2R (snd (interval j))
  end.
Proof.
  unfold good_part. intros H HL HR Hle. destruct (label e) as [j|].
  - rewrite !andb_true_iff, orb_true_iff in H. destruct H as [[[[Hmono Hj] Hrank] Hin1] Hin2].
    apply Nat.ltb_lt in Hj. apply Nat.leb_le in Hrank. apply inside_R in Hin1, Hin2.
    rewrite <- at_point_correct, Hsem in Hin1, Hin2 by assumption.
    assert (Hmonotone : monotone f (Q2R (left e)) (Q2R (right e))).
    { destruct Hmono as [Hmono|Hmono]; [left; apply slopes_rising; auto|right; apply slopes_falling; auto]. }
    split; [exact Hj|]. split; [exact Hrank|]. split; [exact Hmonotone|]. intros x Hx.
    pose proof (monotone_range f _ _ x Hmonotone Hx). lra.
  - apply andb_true_iff in H as [H1 H2].
    assert (Hordered : forall x y, Q2R (left e) <= x -> x <= y -> y <= Q2R (right e) -> f x = f y).
    { intros x y Hx Hxy Hy. apply Rle_antisym;
        [apply (slopes_rising _ _ HL HR H1 x y)|apply (slopes_falling _ _ HL HR H2 x y)]; auto. }
    intros x y Hx Hy. destruct (Rle_lt_dec x y); [|symmetry]; apply Hordered; lra.
Qed.

Lemma real_level i r :
  total (fun j => IZR (Zpos (weight j))) (filter (fun j => (rank j =? rank i)%nat) (targets r)) =
  IZR (level_weight i r).
Proof.
  unfold level_weight. induction (filter _ (targets r)) as [|j L IH]; [reflexivity|].
  cbn [map total fold_right]. rewrite plus_IZR, <- IH. reflexivity.
Qed.

Theorem entropy_above_check_sound : entropy_above_check = true ->
  entropy_le_ln f (Q2R (fst J)) (Q2R (snd J)) (Q2R growth).
Proof.
  unfold entropy_above_check. rewrite !andb_true_iff, Nat.ltb_lt, forallb_forall.
  intros [[[[Hn Hgrowth] Hcore1] Hcore2] Hall]. apply (reflect_true _ _ (leqP _ _)) in Hgrowth.
  rewrite Q2R_integer in Hgrowth. apply inside_R in Hcore1, Hcore2.
  pose (a := fun i => Q2R (fst (interval i))). pose (b := fun i => Q2R (snd (interval i))).
  assert (Hgood : forall i, (i < length intervals)%nat ->
    (Q2R (fst J) <= a i /\ b i <= Q2R (snd J)) /\ tiled (a i) (map real_part (row i)) (b i) /\
    forallb (good_part i) (row i) = true /\
      IZR (level_weight i (row i)) <= Q2R growth * IZR (Zpos (weight i))).
  { intros i Hi. assert (H : good_vertex i = true) by (apply Hall, in_seq; lia).
    unfold a, b. unfold good_vertex in H. destruct (interval i) as [u w]. cbn [fst snd].
    rewrite !andb_true_iff in H. destruct H as [[[[H1 H2] H3] H4] H5].
    apply (reflect_true _ _ (leqP _ _)) in H1, H2, H5. rewrite Q2R_mult, !Q2R_integer in H5.
    split; [lra|]. split; [apply end_to_end_tiled, H3|]. auto. }
  apply (graph_entropy_above f _ _ _ (length intervals) core_steps a b (fun i => IZR (Zpos (weight i)))
    (fun i => map real_part (row i)) rank); auto.
  - intros i Hi. apply Hgood, Hi.
  - intros i Hi. apply Hgood, Hi.
  - intros i e Hi He. destruct (Hgood i Hi) as (Hab & Htiled & Hparts & _).
    destruct (chain_in _ _ _ e (tiled_chain _ _ _ Htiled) He) as (Hleft & Hle & Hright).
    apply in_map_iff in He as (e0 & <- & He0). rewrite forallb_forall in Hparts.
    unfold real_part in *. unfold left, right, label in *. cbn [fst snd] in *.
    apply (good_part_sound i e0 (Hparts e0 He0)); unfold contains, left, right; lra.
  - intros i _. apply IZR_le. lia.
  - intros i Hi. cbv beta. rewrite targets_real, real_level. apply Hgood, Hi.
  - intros x Hx. pose proof (images_sound t f J Ht Hr Hsem Hself core_steps J x Hx Hx) as Himage.
    unfold contains in Himage. unfold a, b. lra.
Qed.
End Check.
