(* Period three implies chaos: T.-Y. Li and J. A. Yorke 1975, Theorem 1.

   If f^3 x <= x < f x < f^2 x, or the mirror image holds, then f has points of every least period and an
   uncountable scrambled set.  K = [x, f x] covers L = [f x, f^2 x], which covers both: this gives the
   periods. Under f^2 both cover K and L: a touching horseshoe, which gives the scrambled set. *)

From Coq Require Import Reals Lra Lia.
From Certify Require Import Dynamics Iterates Continuity Covering Periods ScrambledSet Transfer.
Local Open Scope R_scope.

Theorem li_yorke_up f x : continuity f ->
  f (f (f x)) <= x -> x < f x -> f x < f (f x) -> li_yorke_chaotic f x (f (f x)).
Proof.
  intros Hf H3 H1 H2. set (b := f x) in *. set (c := f b) in *.
  assert (HK : covers f x b b c) by (apply (covers_ends f x b b c x b); auto; fold b; fold c; lra).
  assert (HL : covers f b c x c) by (apply (covers_ends f b c x c c b); auto; fold c; lra).
  split.
  - apply (all_periods f x b c); auto. right; fold c; lra.
  - apply (iterate_scrambled f 2); [lia|]. apply (scrambled_widen _ b c); [lra|lra|].
    apply (horseshoe_scrambled (iter 2 f) x b c); auto.
    + apply iter_cont; auto.
    + apply (covers_comp f f x b b c x c); auto.
    + apply (covers_comp f f b c b c x c); auto. apply (covers_sub f b c x c); auto; lra.
Qed.

Theorem li_yorke_down f x : continuity f ->
  x <= f (f (f x)) -> f x < x -> f (f x) < f x -> li_yorke_chaotic f (f (f x)) x.
Proof.
  intros Hf H3 H1 H2.
  assert (E : forall n, iter n (mir f) (- x) = - iter n f x)
    by (intro n; rewrite iter_mir, Ropp_involutive; auto).
  pose proof (E 1%nat) as E1. pose proof (E 2%nat) as E2. pose proof (E 3%nat) as E3. simpl in E1, E2, E3.
  pose proof (li_yorke_up (mir f) (- x) (mir_cont f Hf) ltac:(lra) ltac:(lra) ltac:(lra)) as C.
  apply chaotic_mir in C. rewrite E2, !Ropp_involutive in C. exact C.
Qed.

(* The Li-Yorke inequality at x, in both orientations. *)
Definition ly_inequality (f : R -> R) (x : R) : Prop :=
  (f (f (f x)) <= x < f x /\ f x < f (f x)) \/ (f (f x) < f x /\ f x < x <= f (f (f x))).

Theorem li_yorke f x lo hi : continuity f -> lo <= x <= hi -> lo <= f (f x) <= hi ->
  ly_inequality f x -> li_yorke_chaotic f lo hi.
Proof.
  intros Hf Hx Hxx [[H1 H2]|[H1 H2]].
  - apply (chaotic_widen f x (f (f x))); try lra. apply li_yorke_up; auto; lra.
  - apply (chaotic_widen f (f (f x)) x); try lra. apply li_yorke_down; auto; lra.
Qed.

Theorem li_yorke_interval f x lo hi : cont_on f lo hi -> selfmap f lo hi -> lo <= x <= hi ->
  ly_inequality f x -> li_yorke_chaotic f lo hi.
Proof.
  intros Hc Hs Hx H. apply ext_chaotic; auto.
  assert (E : forall n, iter n (ext f lo hi) x = iter n f x) by (intro n; apply ext_iter; auto).
  pose proof (E 1%nat) as E1. pose proof (E 2%nat) as E2. pose proof (E 3%nat) as E3. simpl in E1, E2, E3.
  apply (li_yorke (ext f lo hi) x); auto.
  - apply ext_cont; auto; lra.
  - rewrite E2. apply (selfmap_iter f lo hi Hs 2 x Hx).
  - unfold ly_inequality. rewrite E3, E2, E1. exact H.
Qed.

(* ---- A point of period three ---- *)

Lemma three_cycle f p q r lo hi : continuity f -> f p = q -> f q = r -> f r = p -> q <> r -> p < q -> p < r ->
  lo <= p -> q <= hi -> r <= hi -> li_yorke_chaotic f lo hi.
Proof.
  intros Hf Epq Eqr Erp Hqr Hp1 Hp2 Hlo Hq Hr. destruct (Rle_lt_dec q r) as [h|h].
  - apply (li_yorke f p); auto; rewrite ?Epq, ?Eqr; try lra. left. rewrite Epq, Eqr, Erp. lra.
  - apply (li_yorke f q); auto; rewrite ?Eqr, ?Erp; try lra. right. rewrite Eqr, Erp, Epq. lra.
Qed.

Theorem period_three f p lo hi : continuity f -> least_period f 3 p -> (forall k, lo <= iter k f p <= hi) ->
  li_yorke_chaotic f lo hi.
Proof.
  intros Hf [_ [Erp Hmin]] Hin.
  pose proof (Hin 0%nat) as Hp. pose proof (Hin 1%nat) as Hq. pose proof (Hin 2%nat) as Hr.
  pose proof (Hmin 1%nat ltac:(lia)) as Npq. pose proof (Hmin 2%nat ltac:(lia)) as Npr.
  simpl in Erp, Hp, Hq, Hr, Npq, Npr.
  remember (f p) as q eqn:Epq. remember (f q) as r eqn:Eqr.
  assert (Nqr : q <> r) by (intro e; rewrite e in Eqr; congruence).
  destruct (Rlt_le_dec p q) as [pq|pq]; destruct (Rlt_le_dec p r) as [pr|pr].
  - apply (three_cycle f p q r); auto; lra.
  - apply (three_cycle f r p q); auto; lra.
  - apply (three_cycle f q r p); auto; lra.
  - destruct (Rlt_le_dec q r) as [qr|qr].
    + apply (three_cycle f q r p); auto; lra.
    + apply (three_cycle f r p q); auto; lra.
Qed.

Theorem period_three_interval f p lo hi : cont_on f lo hi -> selfmap f lo hi -> lo <= p <= hi ->
  least_period f 3 p -> li_yorke_chaotic f lo hi.
Proof.
  intros Hc Hs Hp [_ [Ep Hmin]]. apply ext_chaotic; auto.
  apply (period_three (ext f lo hi) p); auto.
  - apply ext_cont; auto; lra.
  - split; [lia|]. rewrite ext_iter by auto. split; auto. intros k Hk. rewrite ext_iter by auto. auto.
  - intro k. rewrite ext_iter by auto. apply selfmap_iter; auto.
Qed.
