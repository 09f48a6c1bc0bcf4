(* Two consequences of compactness, proved from the least upper bound alone: the greatest value of a
   continuous function on [a, b] is attained, and the function is uniformly continuous there.  (The proofs in
   the standard library use the law of excluded middle as an axiom.) *)

From Coq Require Import Reals Lra Lia.
From Certify Require Import Dynamics Continuity.
Local Open Scope R_scope.

Lemma greatest_value g a b bound : continuity g -> a <= b -> (forall x, g x <= bound) ->
  exists x, a <= x <= b /\ forall y, a <= y <= b -> g y <= g x.
Proof.
  intros Hg Hab Hbound.
  destruct (completeness (fun v => exists x, a <= x <= b /\ v = g x)) as [M [Hub Hlub]].
  { exists bound. intros v (x & _ & ->). apply Hbound. }
  { exists (g a), a. split; [lra|reflexivity]. }
  assert (HM : forall x, a <= x <= b -> g x <= M) by (intros x Hx; apply Hub; exists x; auto).
  destruct (Req_dec (g a) M) as [Ha|Ha].
  { exists a. split; [lra|]. intros y Hy. rewrite Ha. apply HM, Hy. }
  assert (HaM : g a < M) by (pose proof (HM a ltac:(lra)); lra).
  (* z is the end of the part on which g stays below M *)
  pose (below := fun x => a <= x <= b /\ exists w, w < M /\ forall u, a <= u <= x -> g u <= w).
  assert (Hbelow_a : below a).
  { split; [lra|]. exists (g a). split; [exact HaM|]. intros u Hu. replace u with a by lra. lra. }
  destruct (completeness below) as [z [Hzub Hzlub]].
  { exists b. intros x [Hx _]. lra. }
  { exists a. exact Hbelow_a. }
  assert (Haz : a <= z) by (apply Hzub, Hbelow_a).
  assert (Hzb : z <= b) by (apply Hzlub; intros x [Hx _]; lra).
  exists z. split; [lra|]. intros y Hy. apply (Rle_trans _ M); [apply HM, Hy|]. apply Rnot_lt_le. intro Hlt.
  destruct (cont_lt g z ((g z + M) / 2) Hg ltac:(lra)) as (d & Hd & Hnear).
  assert (Hfar : z <= z - d / 2); [|lra]. apply Hzlub. intros x (Hx & w & Hw & Hxw).
  apply Rnot_lt_le. intro Hxz.
  assert (Hext : forall u, a <= u <= Rmin b (z + d / 2) -> g u <= Rmax w ((g z + M) / 2)).
  { intros u Hu. pose proof (Rmin_r b (z + d / 2)). pose proof (Rmax_l w ((g z + M) / 2)).
    pose proof (Rmax_r w ((g z + M) / 2)).
    destruct (Rle_lt_dec u x) as [Hux|Hxu]; [specialize (Hxw u ltac:(lra)); lra|].
    specialize (Hnear u ltac:(apply Rabs_def1; lra)). lra. }
  assert (HwM : Rmax w ((g z + M) / 2) < M) by (apply Rmax_lub_lt; lra).
  destruct (Rle_lt_dec b (z + d / 2)) as [Hend|Hend].
  - rewrite Rmin_left in Hext by exact Hend. assert (Hcontra : M <= Rmax w ((g z + M) / 2)); [|lra].
    apply Hlub. intros v (u & Hu & ->). apply Hext. lra.
  - rewrite Rmin_right in Hext by lra. assert (Hcontra : z + d / 2 <= z); [|lra].
    apply Hzub. split; [lra|]. exists (Rmax w ((g z + M) / 2)). auto.
Qed.

Lemma least_value g a b bound : continuity g -> a <= b -> (forall x, bound <= g x) ->
  exists x, a <= x <= b /\ forall y, a <= y <= b -> g x <= g y.
Proof.
  intros Hg Hab Hbound. destruct (greatest_value (fun x => - g x) a b (- bound) (cont_opp g Hg) Hab)
    as (x & Hx & Hmax).
  { intro x. specialize (Hbound x). lra. }
  exists x. split; [exact Hx|]. intros y Hy. specialize (Hmax y Hy). lra.
Qed.

(* Uniform continuity; enough for a proof by contradiction. *)
Lemma uniformly_close g a b eps : continuity g -> 0 < eps ->
  ~ ~ exists d, 0 < d /\ forall u v, a <= u <= b -> a <= v <= b -> Rabs (u - v) <= d ->
    Rabs (g u - g v) <= eps.
Proof.
  intros Hg Heps Hnot. destruct (Rlt_le_dec b a) as [Hba|Hab].
  { apply Hnot. exists 1. split; [lra|]. intros; lra. }
  pose (uniform := fun x => a <= x <= b /\
    exists d, 0 < d /\ forall u v, a <= u <= x -> a <= v <= x -> Rabs (u - v) <= d ->
      Rabs (g u - g v) <= eps).
  assert (Huniform_a : uniform a).
  { split; [lra|]. exists 1. split; [lra|]. intros u v Hu Hv _. replace u with v by lra.
    rewrite Rminus_eq_0, Rabs_R0. lra. }
  destruct (completeness uniform) as [z [Hzub Hzlub]].
  { exists b. intros x [Hx _]. lra. }
  { exists a. exact Huniform_a. }
  assert (Haz : a <= z) by (apply Hzub, Huniform_a).
  assert (Hzb : z <= b) by (apply Hzlub; intros x [Hx _]; lra).
  destruct (cont_near g z (eps / 2) (Hg z) ltac:(lra)) as (d & Hd & Hnear).
  assert (Hfar : z <= z - d / 2); [|lra]. apply Hzlub. intros x (Hx & e & He & Hxe). apply Rnot_lt_le.
  intro Hxz.
  assert (Hext : forall u v, a <= u <= Rmin b (z + d / 2) -> a <= v <= Rmin b (z + d / 2) ->
    Rabs (u - v) <= Rmin e (d / 2) -> Rabs (g u - g v) <= eps).
  { intros u v Hu Hv Huv. pose proof (Rmin_r b (z + d / 2)). pose proof (Rmin_l e (d / 2)).
    pose proof (Rmin_r e (d / 2)).
    assert (Hclose : - Rmin e (d / 2) <= u - v <= Rmin e (d / 2))
      by (unfold Rabs in Huv; destruct (Rcase_abs (u - v)); lra).
    destruct (Rle_lt_dec (Rmax u v) x) as [Hmax|Hmax].
    - pose proof (Rmax_l u v). pose proof (Rmax_r u v). apply Hxe; lra.
    - assert (Hmin : z - d < u /\ z - d < v) by (revert Hmax; unfold Rmax; destruct (Rle_dec u v); lra).
      pose proof (Hnear u ltac:(apply Rabs_def1; lra)) as Hgu.
      pose proof (Hnear v ltac:(apply Rabs_def1; lra)) as Hgv.
      apply Rabs_def2 in Hgu, Hgv. apply Rabs_le. lra. }
  assert (Hmin : 0 < Rmin e (d / 2)) by (apply Rmin_pos; lra).
  destruct (Rle_lt_dec b (z + d / 2)) as [Hend|Hend].
  - rewrite Rmin_left in Hext by exact Hend. apply Hnot. exists (Rmin e (d / 2)). auto.
  - rewrite Rmin_right in Hext by lra. assert (Hcontra : z + d / 2 <= z); [|lra].
    apply Hzub. split; [lra|]. exists (Rmin e (d / 2)). auto.
Qed.

Lemma uniform_steps f lo hi k eps : continuity f -> 0 < eps -> ~ ~ exists d, 0 < d /\
  forall x y, lo <= x <= hi -> lo <= y <= hi -> Rabs (x - y) <= d ->
    forall i, (i < k)%nat -> Rabs (iter i f x - iter i f y) <= eps.
Proof.
  intros Hf Heps Hnot. induction k as [|k IH]; [apply Hnot; exists 1; split; [lra|]; intros; lia|].
  apply IH. intros (d & Hd & Hsteps). apply (uniformly_close (iter k f) lo hi eps (iter_cont f k Hf) Heps).
  intros (d' & Hd' & Hk). apply Hnot. exists (Rmin d d'). pose proof (Rmin_l d d'). pose proof (Rmin_r d d').
  split; [apply Rmin_pos; lra|]. intros x y Hx Hy Hxy i Hi.
  destruct (Nat.eq_dec i k) as [->|Hne]; [apply Hk; auto; lra|apply Hsteps; auto; [lra|lia]].
Qed.
