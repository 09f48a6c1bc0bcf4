(* The entropy of a covering graph (Misiurewicz 1979; Misiurewicz and Szlenk 1980 for piecewise monotone
   maps).

   Vertices are closed intervals [a i, b i]. The edges from i are parts of [a i, b i], one after the other
   from left to right, and f maps the part of an edge over the interval of its target. If positive weights v
   have
       lam * v i <= sum of v over the targets of the edges from i,
   then the entropy of f is at least ln lam, with no loss.

   Idea. Paths of length N from i are again parts of [a i, b i], in order from left to right ([fan]), of
   total weight at least lam^N * v i. Neighbours may touch, so take every other one ([alternate]): half of
   the weight is left, and now different parts are some d > 0 apart. For g = f^N this is a graph of growth
   lam^N / 2 whose paths are followed by separated points ([many_points]); so h(f) >= ln lam - (ln 2) / N for
   each N. *)

From Coq Require Import Reals Lra Lia List Permutation.
From Certify Require Import Dynamics Iterates Continuity Covering Parts Entropy.
Import ListNotations.
Local Open Scope R_scope.

(* ---- Lists of points ---- *)

(* Points of [u, w] that g maps, in order, to the points X of [c, d]. *)
Lemma pull_points g u w c d X : covers g u w c d -> (forall x, In x X -> c <= x <= d) ->
  exists Y, (forall y, In y Y -> u <= y <= w) /\ map g Y = X.
Proof.
  intros Hc. induction X as [|x X IH]; intro HX; [exists []; split; [intros y []|reflexivity]|].
  destruct IH as (Y & HY & EY); [intros; apply HX; simpl; auto|].
  destruct (Hc x) as (y & Hy & Ey); [apply HX; simpl; auto|].
  exists (y :: Y). split; [|simpl; congruence]. intros z [<-|Hz]; auto.
Qed.

Lemma pairs_map (P Q : R -> R -> Prop) g Y : (forall x y, P (g x) (g y) -> Q x y) ->
  ForallOrdPairs P (map g Y) -> ForallOrdPairs Q Y.
Proof.
  intro HPQ. induction Y as [|y Y IH]; intro H; [constructor|]. inversion H as [|? ? Hy HY]; subst.
  constructor; [|apply IH, HY]. rewrite Forall_map in Hy. apply Forall_impl with (2 := Hy). auto.
Qed.

Lemma pairs_app (P : R -> R -> Prop) X Y : ForallOrdPairs P X -> ForallOrdPairs P Y ->
  (forall x y, In x X -> In y Y -> P x y) -> ForallOrdPairs P (X ++ Y).
Proof.
  intros HX HY HXY. induction HX as [|x X Hx HX IH]; simpl; [exact HY|]. constructor.
  - apply Forall_app. split; [exact Hx|]. apply Forall_forall. intros y Hy. apply HXY; simpl; auto.
  - apply IH. intros; apply HXY; simpl; auto.
Qed.

(* ---- The theorem ---- *)

Section Graph.
Variables (f : R -> R) (lo hi lam : R) (vertices : nat).
Variables (a b v : nat -> R) (rows : nat -> list (R * R * nat)).
Hypothesis Hf : continuity f.
Hypothesis Hab : forall i, (i < vertices)%nat -> lo <= a i /\ a i < b i /\ b i <= hi.
Hypothesis Hrow : forall i, (i < vertices)%nat -> chain (a i) (rows i) (b i).
Hypothesis Hedge : forall i e, (i < vertices)%nat -> In e (rows i) ->
  (label e < vertices)%nat /\ covers f (left e) (right e) (a (label e)) (b (label e)).
Hypothesis Hv : forall i, (i < vertices)%nat -> 0 < v i.
Hypothesis Hlam : 0 < lam.
Hypothesis Hgrowth : forall i, (i < vertices)%nat -> lam * v i <= total v (map label (rows i)).

(* A part that f^N maps onto the interval of its label, without leaving [lo, hi] on the way. *)
Definition path (N : nat) (e : R * R * nat) : Prop :=
  (label e < vertices)%nat /\ maps_onto (iter N f) (left e) (right e) (a (label e)) (b (label e)) /\
  forall x k, left e <= x <= right e -> (k <= N)%nat -> lo <= iter k f x <= hi.

Lemma path_lt N i L e : (i < vertices)%nat -> chain (a i) L (b i) -> In e L -> path N e -> left e < right e.
Proof.
  intros Hi HL He (Hlab & [Hon _] & _). destruct (chain_in _ _ _ e HL He) as (_ & Hle & _).
  destruct (Req_dec (left e) (right e)) as [Heq|Hne]; [|lra]. exfalso.
  destruct (Hab _ Hlab) as (_ & Hlt & _). rewrite Heq in Hon. destruct Hon; lra.
Qed.

Lemma fan N : forall i, (i < vertices)%nat -> exists L,
  chain (a i) L (b i) /\ (forall e, In e L -> path N e) /\ lam ^ N * v i <= total v (map label L).
Proof.
  induction N as [|N IH]; intros i Hi.
  { exists [(a i, b i, i)]. destruct (Hab i Hi) as (H1 & H2 & H3). simpl. unfold left, right, label; simpl.
    split; [lra|]. split; [|lra]. intros e [<-|[]]. split; [exact Hi|]. unfold label, left, right; simpl.
    split.
    - split; [left; auto|auto].
    - intros x k Hx Hk. replace k with 0%nat by lia. simpl. lra. }
  assert (Step : forall es p q, lo <= p -> q <= hi -> chain p es q -> (forall e, In e es ->
      (label e < vertices)%nat /\ covers f (left e) (right e) (a (label e)) (b (label e))) ->
    exists L, chain p L q /\ (forall e, In e L -> path (S N) e) /\
      lam ^ N * total v (map label es) <= total v (map label L)).
  { induction es as [|e es IHes]; intros p q Hlo Hhi Hes HE; simpl in Hes.
    { exists []. split; [exact Hes|]. split; [intros e []|]. simpl. lra. }
    destruct Hes as (H1 & H2 & H3). pose proof (chain_le _ _ _ H3) as H4.
    destruct (IHes (right e) q) as (L2 & HL2 & P2 & W2);
      [lra|exact Hhi|exact H3|intros; apply HE; simpl; auto|].
    destruct (HE e) as (Hlab & Hcov); [simpl; auto|]. destruct (Hab _ Hlab) as (_ & Hlt & _).
    destruct (covers_maps_onto f _ _ _ _ Hf (Rlt_le _ _ Hlt) Hcov) as (u & w & Hu & Huw & Hw & [Hon _]).
    destruct (IH (label e) Hlab) as (L0 & HL0 & P0 & W0).
    destruct (pull_back f L0 u w _ _ Hf Huw Hon HL0) as (L1 & HL1 & Perm & Hlifts).
    exists (L1 ++ L2). split; [|split].
    - apply (chain_app _ _ _ (right e)); [|exact HL2]. apply (chain_start _ u); [lra|].
      apply (chain_end _ _ w); assumption.
    - intros e' He'. apply in_app_or in He'. destruct He' as [He'|He']; [|apply P2, He'].
      destruct (Hlifts e' He') as (e0 & He0 & Elab & Honto).
      destruct (P0 e0 He0) as (Hlab0 & Honto0 & Hstay0).
      split; [rewrite Elab; exact Hlab0|]. split.
      + rewrite Elab. destruct (maps_onto_comp f (iter N f) _ _ _ _ _ _ Honto Honto0) as [Hends Hinside].
        split.
        * destruct Hends as [E|E]; [left|right]; rewrite !iter_S; exact E.
        * intros x Hx. rewrite iter_S. apply Hinside, Hx.
      + intros x [|k] Hx Hk.
        * destruct (chain_in _ _ _ e' HL1 He'). simpl. lra.
        * rewrite iter_S. apply Hstay0; [apply Honto, Hx|lia].
    - rewrite map_app, total_app, (total_permutation v _ _ Perm). simpl. lra. }
  destruct (Hab i Hi) as (H1 & H2 & H3).
  destruct (Step (rows i) (a i) (b i) H1 H3 (Hrow i Hi) (fun e => Hedge i e Hi)) as (L & HL & P & W).
  exists L. split; [exact HL|]. split; [exact P|]. specialize (Hgrowth i Hi).
  pose proof (pow_lt lam N Hlam). simpl. nra.
Qed.

(* A graph for f^N with disjoint parts, of growth lam^N / 2. *)
Lemma sparse_fan N : exists d, 0 < d /\ forall i, (i < vertices)%nat -> exists L, spaced d L /\
  (forall e, In e L -> path N e /\ a i <= left e /\ left e <= right e /\ right e <= b i) /\
  lam ^ N / 2 * v i <= total v (map label L).
Proof.
  assert (Upto : forall k, exists d, 0 < d /\
    forall i, (i < vertices)%nat -> (i < k)%nat -> exists L, spaced d L /\
    (forall e, In e L -> path N e /\ a i <= left e /\ left e <= right e /\ right e <= b i) /\
    lam ^ N / 2 * v i <= total v (map label L)).
  { induction k as [|k (d & Hd & IH)]; [exists 1; split; [lra|]; intros; lia|].
    destruct (Nat.lt_ge_cases k vertices) as [Hk|Hk].
    2: { exists d. split; [exact Hd|]. intros i Hi Hik. apply IH; [exact Hi|lia]. }
    destruct (fan N k Hk) as (L & HL & P & W).
    destruct (alternate v L (a k) (b k) HL) as (d' & L' & Hd' & Hsp & Hincl & W').
    { intros e He. apply (path_lt N k L); auto. }
    pose proof (Rmin_l d d'). pose proof (Rmin_r d d').
    exists (Rmin d d'). split; [apply Rmin_pos; assumption|]. intros i Hi Hik.
    destruct (Nat.eq_dec i k) as [->|Hne].
    - exists L'. split; [apply (spaced_less d'); assumption|]. split; [|lra].
      intros e He. apply Hincl in He. split; [apply P, He|apply (chain_in L); assumption].
    - destruct (IH i Hi) as (L0 & Hsp0 & HL0); [lia|]. exists L0.
      split; [apply (spaced_less d); assumption|exact HL0]. }
  destruct (Upto vertices) as (d & Hd & H). exists d. split; [exact Hd|]. intros i Hi. apply H; exact Hi.
Qed.

(* A point of [a i, b i] whose orbit follows the graph for ever. *)
Lemma endless_path i : (i < vertices)%nat -> exists x, a i <= x <= b i /\ stays f lo hi x.
Proof.
  intro Hi. pose (next := fun j => hd (0, 0, 0%nat) (rows j)).
  assert (Hnext : forall j, (j < vertices)%nat -> In (next j) (rows j)).
  { intros j Hj. unfold next. specialize (Hgrowth j Hj). specialize (Hv j Hj).
    destruct (rows j); simpl in *; [nra|auto]. }
  pose (vertex := fun n => Nat.iter n (fun j => label (next j)) i).
  assert (Hvertex : forall n, (vertex n < vertices)%nat).
  { induction n as [|n IH]; [exact Hi|]. apply (Hedge (vertex n) (next (vertex n)) IH), Hnext, IH. }
  pose (edge := fun n => next (vertex n)).
  assert (Hin : forall n, a (vertex n) <= left (edge n) /\ left (edge n) <= right (edge n) /\
    right (edge n) <= b (vertex n)).
  { intro n. apply (chain_in (rows (vertex n))); [apply Hrow, Hvertex|apply Hnext, Hvertex]. }
  destruct (itinerary f (fun n => left (edge n)) (fun n => right (edge n)) Hf) as (x & Hx).
  - intro n. apply (Hin n).
  - intros n y Hy. destruct (Hedge (vertex n) (edge n) (Hvertex n) (Hnext _ (Hvertex n))) as [_ Hcov].
    apply Hcov. destruct (Hin (S n)) as (H1 & _ & H3). change (label (edge n)) with (vertex (S n)). lra.
  - exists x. pose proof (Hx 0%nat) as Hx0. destruct (Hin 0%nat) as (H1 & _ & H3). simpl in Hx0, H1, H3.
    split; [lra|]. intro k. specialize (Hx k). destruct (Hin k). destruct (Hab _ (Hvertex k)). lra.
Qed.

Lemma many_points N mu V d : (forall i, (i < vertices)%nat -> v i <= V) -> 0 < d -> 0 < mu -> (0 < N)%nat ->
  (forall i, (i < vertices)%nat -> exists L, spaced d L /\
    (forall e, In e L -> path N e /\ a i <= left e /\ left e <= right e /\ right e <= b i) /\
    mu * v i <= total v (map label L)) ->
  forall t i, (i < vertices)%nat -> exists X, (forall x, In x X -> a i <= x <= b i) /\
    separated f lo hi (t * N) (d / 2) X /\ mu ^ t * v i <= V * INR (length X).
Proof.
  intros HV Hd Hmu HN Hgraph t. set (g := iter N f). assert (Hg : continuity g) by (apply iter_cont, Hf).
  induction t as [|t IH]; intros i Hi.
  { destruct (endless_path i Hi) as (x & Hx & Hstay). exists [x]. split; [|split; [split|]].
    - intros y [<-|[]]. exact Hx.
    - intros y [<-|[]]. exact Hstay.
    - constructor; constructor.
    - simpl. specialize (HV i Hi). lra. }
  destruct (Hgraph i Hi) as (L & Hsp & HL & HW).
  assert (Step : exists Y,
    (forall y, In y Y -> stays f lo hi y /\ exists e, In e L /\ left e <= y <= right e) /\
    ForallOrdPairs (apart f (S t * N) (d / 2)) Y /\ mu ^ t * total v (map label L) <= V * INR (length Y)).
  { clear HW. induction Hsp as [|e L He Hsp IHL].
    { exists []. split; [intros y []|]. split; [constructor|]. simpl. lra. }
    destruct IHL as (Y2 & R2 & S2 & W2); [intros; apply HL; simpl; auto|].
    destruct (HL e) as ((Hlab & Honto & Hpath) & Hl & Hle & Hr); [simpl; auto|].
    destruct (IH (label e) Hlab) as (X & RX & [StX SX] & WX).
    destruct (pull_points g (left e) (right e) _ _ X (onto_ends_surj g _ _ _ _ Hg Hle (proj1 Honto)) RX)
      as (Y1 & HY1 & EY1).
    exists (Y1 ++ Y2). split; [|split].
    - intros y Hy. apply in_app_or in Hy. destruct Hy as [Hy|Hy].
      + split; [|exists e; simpl; auto]. intro k.
        destruct (Nat.le_gt_cases k N) as [Hk|Hk]; [apply Hpath; auto|].
        replace k with ((k - N) + N)%nat by lia. rewrite iter_add. apply StX. rewrite <- EY1.
        apply (in_map g), Hy.
      + destruct (R2 y Hy) as (St2 & e2 & He2 & Hy2). split; [exact St2|]. exists e2. simpl; auto.
    - apply pairs_app; [|exact S2|].
      + apply (pairs_map (apart f (t * N) (d / 2)) _ g); [|rewrite EY1; exact SX].
        intros x y (k & Hk & Hdist). exists (k + N)%nat. rewrite !iter_add. split; [simpl; lia|exact Hdist].
      + intros x y Hx Hy. apply HY1 in Hx. destruct (R2 y Hy) as (_ & e2 & He2 & Hy2).
        rewrite Forall_forall in He. specialize (He e2 He2). exists 0%nat. split; [simpl; lia|]. simpl.
        rewrite Rabs_left by lra. lra.
    - rewrite app_length, plus_INR, <- (map_length g Y1), EY1. simpl. lra. }
  destruct Step as (Y & RY & SY & WY). exists Y. split; [|split; [split; [|exact SY]|]].
  - intros y Hy. destruct (RY y Hy) as (_ & e & He & Hye). destruct (HL e He). lra.
  - intros y Hy. apply (RY y Hy).
  - pose proof (pow_lt mu t Hmu). simpl. nra.
Qed.

Lemma weights_bounded : exists V, 0 < V /\ forall i, (i < vertices)%nat -> v i <= V.
Proof.
  clear -Hv. induction vertices as [|k IH]; [exists 1; split; [lra|]; intros; lia|].
  destruct IH as (V & HV & HVi); [intros; apply Hv; lia|].
  exists (V + v k). assert (0 < v k) by (apply Hv; lia). split; [lra|]. intros i Hi.
  destruct (Nat.eq_dec i k) as [->|]; [lra|]. specialize (HVi i ltac:(lia)). lra.
Qed.

(* h(f) >= ln lam - (ln 2) / N *)
Lemma graph_entropy_with_loss N mu : (0 < vertices)%nat -> (0 < N)%nat -> 0 < mu -> 2 * mu ^ N <= lam ^ N ->
  entropy_ge_ln f lo hi mu.
Proof.
  intros Hn HN Hmu Hloss. destruct (sparse_fan N) as (d & Hd & Hgraph).
  destruct weights_bounded as (V & HV & HVi).
  pose proof (pow_lt mu N Hmu) as HmuN. pose proof (Hv 0%nat Hn) as Hv0.
  apply (entropy_of_growth _ _ _ _ N (d / 2) (v 0%nat / V)); [exact HN|lra|apply Rdiv_lt_0_compat; auto|].
  intro t. destruct (many_points N (lam ^ N / 2) V d HVi Hd ltac:(lra) HN Hgraph t 0%nat Hn)
    as (X & _ & HX & HW).
  exists X. split; [exact HX|]. apply (Rmult_le_reg_l V); [exact HV|].
  replace (V * (v 0%nat / V * mu ^ (t * N))) with (v 0%nat * mu ^ (t * N)) by (field; lra).
  refine (Rle_trans _ _ _ _ HW). rewrite Rmult_comm, Nat.mul_comm, pow_mult. apply Rmult_le_compat_r; [lra|].
  apply pow_incr. lra.
Qed.

Theorem graph_entropy : (0 < vertices)%nat -> entropy_ge_ln f lo hi lam.
Proof.
  intro Hn. apply entropy_sup. intros mu Hmu.
  destruct (power_outgrows mu lam 2 Hmu) as [N HN].
  apply (graph_entropy_with_loss (S N)); [exact Hn|lia|lra|]. apply Rlt_le, HN. lia.
Qed.
End Graph.
