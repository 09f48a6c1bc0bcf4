(* Block horseshoes are chaotic: what the check of BlockCheck.v proves of a piecewise-linear map f of R^d.

   The plan.  Let a path be a two-sided sequence of words, each ending in the block where the next begins.
   1. In the coordinates of the blocks the equations "the image of a point of one parallelepiped is a point
      of the next" are a contraction in cross form, so every path has a sequence of points (CrossForm.v).  They
      are points of one orbit: equal coordinates are equal points, since the forms of a block are independent.
   2. The point depends on far words little: paths that agree on [-n, n] have points closer than C q^n.
   3. Words from one block see different sides of some unit at a common time, and the parallelepipeds keep a
      distance from all knees; or they end together in blocks apart.  So the points are once apart.
   4. By 2 and 3, f is coded by paths as Paths.v asks: periodic paths have periodic points, two loops that do
      not commute give an uncountable scrambled set, and the number of paths gives the entropy
      (PathEntropy.v).
   5. All these orbits stay in a ball: the points of R^d whose orbits do are a compact set which f maps into
      itself. *)
From Coq Require Import Reals Lra Lia ZArith QArith Qreals List Bool.
From Certify Require Import Dynamics Rational Spaces FullShift Paths PathEntropy.
From Certify Require Import Vectors VectorMaps AffineForms BlockCheck BlockOrbits.
Import ListNotations.
Local Open Scope R_scope.

(* ---- Growth and loops ---- *)

Lemma sum_filter {A} (g : A -> R) (p : A -> bool) L :
  sum g (filter p L) = sum (fun i => if p i then g i else 0) L.
Proof. induction L as [|i L IH]; simpl; [reflexivity|]. destruct (p i); simpl; rewrite IH; ring. Qed.

Lemma map_nth_seq {A} (l : list A) a : map (fun i => nth i l a) (seq 0 (length l)) = l.
Proof.
  induction l as [|x l IH]; [reflexivity|]. cbn [length seq map nth]. f_equal.
  rewrite <- seq_shift, map_map. exact IH.
Qed.

Lemma growth_row_sum weight p q most a : (0 < q < p)%Z -> forall links,
  (forall l, In l links -> (duration l <= most)%nat) ->
  IZR (growth_row links weight p q most a) = IZR p ^ most *
    sum (fun l => if (from l =? a)%nat then IZR (weight (to l)) * (/ (IZR p / IZR q)) ^ duration l else 0)
      links.
Proof.
  intros Hpq links. assert (Hq : 0 < IZR q) by (apply IZR_lt; lia).
  assert (Hp : 0 < IZR p) by (apply IZR_lt; lia).
  induction links as [|l links IH]; intro Hmost; [simpl; ring|].
  cbn [growth_row fold_right sum]. fold (growth_row links weight p q most a).
  rewrite plus_IZR, IH by (intros; apply Hmost; simpl; auto). rewrite Rmult_plus_distr_l. f_equal.
  destruct (from l =? a)%nat; [|ring]. specialize (Hmost l (or_introl eq_refl)).
  rewrite !mult_IZR, <- !pow_IZR. replace (/ (IZR p / IZR q)) with (IZR q * / IZR p) by (field; lra).
  replace (IZR p ^ most) with (IZR p ^ (most - duration l) * IZR p ^ duration l) by (rewrite <- pow_add;
    f_equal; lia).
  rewrite Rpow_mult_distr, pow_inv. field. apply pow_nonzero. lra.
Qed.

Lemma leads_path l0 links L : forall a c, leads links a L c = true ->
  path (length links) (fun i => from (nth i links l0)) (fun i => to (nth i links l0)) a L c.
Proof.
  induction L as [|i L IH]; intros a c H; cbn [leads path] in *; [apply Nat.eqb_eq, H|].
  destruct (nth_error links i) as [l|] eqn:E; [|discriminate].
  rewrite <- andb_lazy_alt, andb_true_iff, Nat.eqb_eq in H. destruct H as [H1 H2].
  rewrite (nth_error_nth _ _ l0 E). split; [apply nth_error_Some; congruence|]. split;
    [exact H1|apply IH, H2].
Qed.

(* ---- The theorems ---- *)

(* What the check has seen; the first word stands for those beyond the last. *)
Lemma check_parts d m c : horseshoe_check d m c = true ->
  let 'BlockHorseshoe u slack blocks words vector growth P Q := c in
  exists first others, let links := first :: others in
    links_of (stages m) words = Some links /\
    (exists B delta code, 0 < delta /\ coding d m first others B delta code) /\
    vector_shaped d m = true /\
    (forall i, let l := link_at first others i in
      (from l < length blocks)%nat /\ (to l < length blocks)%nat /\ (0 < duration l)%nat) /\
    good_growth links vector growth (length blocks) = true /\ good_loops links P Q = true.
Proof.
  destruct c as [u slack blocks words vector growth P Q]. unfold horseshoe_check.
  rewrite <- !andb_lazy_alt, !andb_true_iff. intros [[[[Hshape Hs0] Hs1] Hblocks] H].
  apply (reflect_true _ _ (leqP _ _)) in Hs0. apply (reflect_true _ _ (lessP _ _)) in Hs1.
  assert (Hslack : 0 <= Q2R slack < 1) by (unfold Q2R in *; simpl in *; lra).
  destruct (links_of (stages m) words) as [links|] eqn:HL; [|discriminate].
  rewrite <- !andb_lazy_alt, !andb_true_iff in H. destruct H as [[[Hlinks Hpart] Hgrowth] Hloops].
  pose proof (links_walk _ _ _ HL) as Hwalks. rewrite forallb_forall in Hblocks, Hlinks.
  destruct links as [|first others].
  { exfalso. unfold good_loops in Hloops. destruct P as [|[|i] P]; discriminate. }
  exists first, others. split; [reflexivity|].
  split; [apply (coding_exists d u m slack blocks first others); assumption|].
  split; [exact Hshape|]. split; [|split; assumption].
  intro i. destruct (link_good d u slack blocks first others Hlinks i) as (H1 & H2 & H3 & _). auto.
Qed.

Theorem block_horseshoe_sound d m c : horseshoe_check d m c = true ->
  chaotic_in_space d (vector_sem m) (real (growth_of_blocks c)).
Proof.
  intro H. apply check_parts in H. rewrite real_Q2R.
  destruct c as [u slack blocks words vector growth P Q]. cbn [growth_of_blocks].
  destruct H as (first & others & _ & (B & delta & point & Hdelta & [_ Hin Hstep Hclose Hapart]) & Hshape &
    Hgood & Hgrowth & Hloops).
  set (links := first :: others) in *. set (f := vector_sem m). cbv zeta in Hgood.
  set (source := fun i => from (link_at first others i)).
  set (target := fun i => to (link_at first others i)).
  set (steps := fun i => duration (link_at first others i)).
  assert (Hsteps : forall i, (i < length links)%nat -> (0 < steps i)%nat) by (intros i _; apply Hgood).
  unfold good_loops in Hloops. destruct P as [|i0 P0]; [discriminate|]. set (P := i0 :: P0) in *.
  destruct (nth_error links i0) as [l0|] eqn:E0; [|discriminate].
  rewrite <- !andb_lazy_alt, !andb_true_iff in Hloops. destruct Hloops as [[HP HQ] HPQ].
  apply (leads_path first) in HP, HQ.
  destruct (list_eq_dec Nat.eq_dec (P ++ Q) (Q ++ P)) as [|Hne]; [discriminate|].
  exists (stays_within d f B). split; [|split; [|split]].
  - apply (stays_compact d f (through (stages m))); [apply through_lipschitz|].
    intros x n Hx. symmetry. apply (iter_stages d m Hshape x Hx).
  - intros x. apply stays_step. intro Hx. apply vector_length; assumption.
  - apply (loops_scrambled (length links) source target steps distance f (stays_within d f B) point
      distance_self distance_sym distance_triangle) with (delta := delta) (base := from l0) (P := P) (Q := Q);
      assumption.
  - unfold good_growth in Hgrowth. rewrite <- andb_lazy_alt, andb_true_iff, Z.ltb_lt, forallb_forall in Hgrowth.
    destruct Hgrowth as [Hz Hrows]. set (p := Qnum growth) in *. set (q := Zpos (Qden growth)) in *.
    assert (Hq : 0 < IZR q) by apply pos_R. assert (Hp : 0 < IZR p) by (apply IZR_lt; lia).
    set (weight := fun a => IZR (Zpos (nth a vector 1%positive))).
    apply (path_entropy (length links) (length blocks) source target steps weight (Q2R growth))
      with (delta := delta) (base := from l0) (P := P) (Q := Q) (code := point); try assumption.
    + intros i _. apply Hgood.
    + intros b _. apply pos_R.
    + change (1 < IZR p / IZR q). apply (Rmult_lt_reg_r (IZR q)); [exact Hq|]. unfold Rdiv.
      rewrite Rmult_assoc, Rinv_l, Rmult_1_l, Rmult_1_r by lra. apply IZR_lt, Hz.
    + intros b Hb. specialize (Hrows b ltac:(apply in_seq; lia)). apply Z.leb_le, IZR_le in Hrows.
      set (most := fold_right _ _ _) in Hrows.
      rewrite growth_row_sum, mult_IZR, <- pow_IZR in Hrows.
      * assert (Hpow : 0 < IZR p ^ most) by (apply pow_lt, Hp).
        apply (Rmult_le_reg_l (IZR p ^ most)); [exact Hpow|]. unfold outgoing. rewrite sum_filter.
        eapply Rle_trans; [rewrite Rmult_comm; exact Hrows|]. right. f_equal.
        rewrite <- (map_nth_seq links first) at 1. rewrite sum_map. reflexivity.
      * unfold q. lia.
      * intros l Hl. unfold most. clear -Hl. induction links as [|x ls IH]; [contradiction|].
        simpl. destruct Hl as [->|Hl]; [lia|]. specialize (IH Hl). lia.
    + rewrite <- (nth_error_nth _ _ first E0). apply Hgood.
Qed.

(* Every path of words is followed by an orbit, and a periodic one by a periodic orbit. *)
Definition word_at (c : block_certificate) (i : nat) : word := nth i (words_of c) (Word 0 0 0 1 []).
Definition word_from (w : word) : nat := let 'Word a _ _ _ _ := w in a.
Definition word_to (w : word) : nat := let 'Word _ b _ _ _ := w in b.
Definition word_steps (w : word) : nat := let 'Word _ _ t _ _ := w in t.
Definition word_domain (w : word) : forms := let 'Word _ _ _ over rows := w in (over, rows).

Definition path_of_words (c : block_certificate) (s : Z -> nat) : Prop := forall t,
  (s t < length (words_of c))%nat /\ word_to (word_at c (s t)) = word_from (word_at c (s (t + 1)%Z)).

Lemma links_words S words : forall links, links_of S words = Some links -> length links = length words /\
  forall i first w, (i < length words)%nat -> let l := nth i links first in let v := nth i words w in
    from l = word_from v /\ to l = word_to v /\ duration l = word_steps v /\ domain l = word_domain v.
Proof.
  induction words as [|w words IH]; intros links H; cbn [links_of] in H.
  - injection H as <-. split; [reflexivity|]. intros; simpl in *; lia.
  - unfold link_of in H. destruct w as [a b t over rows].
    destruct (walk S t (over, rows)) as [[ps F]|]; [|discriminate].
    destruct (links_of S words) as [links'|]; [|discriminate]. injection H as <-.
    destruct (IH links' eq_refl) as [Hlen Hnth]. split; [simpl; congruence|].
    intros [|i] first w' Hi; [auto|]. simpl in *. apply (Hnth i first w'). lia.
Qed.

Theorem paths_followed d m c : horseshoe_check d m c = true -> exists point : (Z -> nat) -> list R,
  forall s, path_of_words c s ->
    (exists y, norm y <= 1 /\ point s = forms_at (word_domain (word_at c (s 0%Z))) y) /\
    iter (word_steps (word_at c (s 0%Z))) (vector_sem m) (point s) = point (shift 1 s) /\
    forall n, (0 < n)%nat -> (forall t, s (t + Z.of_nat n)%Z = s t) -> periodic (vector_sem m) (point s).
Proof.
  intro H. apply check_parts in H. destruct c as [u slack blocks words vector growth P Q].
  destruct H as (first & others & HL & (B & delta & point & _ & [Hpoint _ Hstep _ _]) & _ & Hgood & _).
  destruct (links_words _ _ _ HL) as [Hlen Hnth].
  exists point. unfold path_of_words, word_at. cbn [words_of]. intros s Hs. set (v := Word 0 0 0 1 []) in *.
  assert (Hsame : forall t, let l := link_at first others (s t) in let w := nth (s t) words v in
    from l = word_from w /\ to l = word_to w /\ duration l = word_steps w /\ domain l = word_domain w)
    by (intro t; apply Hnth, Hs).
  assert (Hend : endless (length (first :: others)) (source first others) (target first others) s).
  { intro t. destruct (Hsame t) as (_ & Hto & _), (Hsame (t + 1)%Z) as (Hfrom & _). rewrite Hlen.
    split; [apply Hs|]. unfold source, target. rewrite Hto, Hfrom. apply Hs. }
  destruct (Hsame 0%Z) as (_ & _ & Ht & Hd). split; [|split].
  - rewrite <- Hd. apply Hpoint.
  - rewrite <- Ht. apply (Hstep s Hend).
  - intros n Hn Hper. apply (periodic_path _ _ _ (steps first others) (vector_sem m) point Hstep n); auto.
    intros i _. apply Hgood.
Qed.
