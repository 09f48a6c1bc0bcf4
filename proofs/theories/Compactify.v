(* The line as the open interval (-1, 1).

   phi x = x / (1 + |x|) maps the line onto (-1,1), with inverse psi.  A continuous map f of the line for
   which phi (f x) has limits P at +infinity and M at -infinity becomes the continuous map F of [-1,1]:  phi
   f psi inside, F 1 = P, F (-1) = M.  Coppel's theorem for F is Coppel's theorem for f on [-infinity,
   +infinity]. *)

From Coq Require Import Reals Lra Lia.
From Certify Require Import Dynamics Iterates Continuity Order.
Local Open Scope R_scope.

(* ---- phi and psi ---- *)

Definition phi (x : R) : R := x / (1 + Rabs x).
Definition psi (y : R) : R := y / (1 - Rabs y).

Lemma phi_pos x : 0 <= x -> phi x = 1 - / (1 + x).
Proof. intro H. unfold phi. rewrite Rabs_right by lra. field; lra. Qed.

Lemma phi_neg x : x <= 0 -> phi x = - (1 - / (1 - x)).
Proof. intro H. unfold phi. rewrite Rabs_left1 by lra. field; lra. Qed.

Lemma phi_opp x : phi (- x) = - phi x.
Proof. unfold phi. rewrite Rabs_Ropp. field. pose proof (Rabs_pos x); lra. Qed.

Lemma inv_bounds t : 0 <= t -> 0 < / (1 + t) <= 1.
Proof.
  intro Ht. split; [apply Rinv_0_lt_compat; lra|]. rewrite <- Rinv_1. apply Rinv_le_contravar; lra.
Qed.

Lemma Rabs_phi x : Rabs (phi x) = 1 - / (1 + Rabs x).
Proof.
  destruct (Rle_lt_dec 0 x) as [h|h].
  - rewrite (Rabs_right x) by lra. rewrite phi_pos by lra. pose proof (inv_bounds x h). apply Rabs_right; lra.
  - rewrite (Rabs_left x) by lra. rewrite phi_neg by lra. pose proof (inv_bounds (- x) ltac:(lra)).
    rewrite Rabs_Ropp. apply Rabs_right; lra.
Qed.

Lemma phi_inside x : -1 < phi x < 1.
Proof.
  assert (H : Rabs (phi x) < 1).
  { rewrite Rabs_phi. pose proof (inv_bounds (Rabs x) (Rabs_pos x)). lra. }
  apply Rabs_def2 in H; lra.
Qed.

Lemma psi_phi x : psi (phi x) = x.
Proof.
  unfold psi. rewrite Rabs_phi. unfold phi. pose proof (Rabs_pos x). field. lra.
Qed.

Lemma phi_psi y : -1 < y < 1 -> phi (psi y) = y.
Proof.
  intro Hy. unfold phi, psi. assert (Rabs y < 1) by (apply Rabs_def1; lra).
  unfold Rdiv. rewrite Rabs_mult, (Rabs_right (/ (1 - Rabs y))).
  - field. lra.
  - apply Rle_ge, Rlt_le, Rinv_0_lt_compat; lra.
Qed.

Lemma phi_inj x y : phi x = phi y -> x = y.
Proof. intro E. rewrite <- (psi_phi x), E. apply psi_phi. Qed.

Lemma phi_cont : continuity phi.
Proof.
  intro x. apply (continuity_pt_div (fun x => x) (fun x => 1 + Rabs x)).
  - apply cont_id.
  - apply (continuity_pt_plus (fun _ => 1) Rabs);
      [apply continuity_pt_const; intros u v; auto|apply Rcontinuity_abs].
  - pose proof (Rabs_pos x); lra.
Qed.

Lemma psi_cont y : -1 < y < 1 -> continuity_pt psi y.
Proof.
  intro Hy. apply (continuity_pt_div (fun x => x) (fun x => 1 - Rabs x)).
  - apply cont_id.
  - apply (continuity_pt_minus (fun _ => 1) Rabs);
      [apply continuity_pt_const; intros u v; auto|apply Rcontinuity_abs].
  - assert (Rabs y < 1) by (apply Rabs_def1; lra). lra.
Qed.

(* Close to 1 is far to the right, and close to -1 far to the left. *)
Lemma psi_far A y : 0 <= A -> phi A < y < 1 -> A <= psi y.
Proof.
  intros HA Hy. destruct (Rle_lt_dec A (psi y)) as [|h]; auto. exfalso.
  pose proof (phi_inside A). rewrite phi_pos in * by auto.
  pose proof (inv_bounds A HA). assert (Hpos : 0 < y) by lra.
  assert (Hpsi : 0 < psi y).
  { unfold psi. rewrite Rabs_right by lra. apply Rmult_lt_0_compat; auto. apply Rinv_0_lt_compat; lra. }
  assert (E : y = 1 - / (1 + psi y)) by (rewrite <- phi_pos by lra; rewrite phi_psi; lra).
  assert (/ (1 + A) < / (1 + psi y)) by (apply Rinv_lt_contravar; [apply Rmult_lt_0_compat|]; lra). lra.
Qed.

Lemma psi_opp y : psi (- y) = - psi y.
Proof. unfold psi, Rdiv. rewrite Rabs_Ropp. ring. Qed.

Lemma phi_escape (u : nat -> R) :
  (forall e, 0 < e -> exists N, forall n, (N <= n)%nat -> 1 - Rabs (phi (u n)) < e) ->
  cv_infty (fun n => Rabs (u n)).
Proof.
  intros H B. pose proof (Rabs_pos B) as HB. pose proof (Rle_abs B).
  destruct (H (/ (1 + Rabs B)) ltac:(apply Rinv_0_lt_compat; lra)) as [N HN].
  exists N. intros n Hn. specialize (HN n Hn). rewrite Rabs_phi in HN. pose proof (Rabs_pos (u n)).
  destruct (Rlt_le_dec B (Rabs (u n))) as [|h]; auto. exfalso.
  assert (/ (1 + Rabs B) <= / (1 + Rabs (u n))) by (apply Rinv_le_contravar; lra). lra.
Qed.

(* ---- The map F of [-1,1] ---- *)

Section Extension.
Variables (f : R -> R) (P M : R).
Hypothesis Hf : continuity f.
Hypothesis HP : -1 <= P <= 1.
Hypothesis HM : -1 <= M <= 1.
Hypothesis HlimP : forall e, 0 < e -> exists A, 0 <= A /\ forall x, A <= x -> Rabs (phi (f x) - P) < e.
Hypothesis HlimM : forall e, 0 < e -> exists A, 0 <= A /\ forall x, x <= - A -> Rabs (phi (f x) - M) < e.

Definition compactified (y : R) : R :=
  if Rlt_dec y 1 then if Rlt_dec (-1) y then phi (f (psi y)) else M else P.
Local Notation F := compactified.

Local Lemma F_inside y : -1 < y < 1 -> F y = phi (f (psi y)).
Proof.
  intro Hy. unfold compactified. destruct (Rlt_dec y 1); [|lra]. destruct (Rlt_dec (-1) y); [auto|lra].
Qed.

Lemma compactified_right : F 1 = P.
Proof. unfold compactified. destruct (Rlt_dec 1 1); [lra|auto]. Qed.

Lemma compactified_left : F (-1) = M.
Proof. unfold compactified. destruct (Rlt_dec (-1) 1); [|lra]. destruct (Rlt_dec (-1) (-1)); [lra|auto]. Qed.

Local Lemma F_phi x : F (phi x) = phi (f x).
Proof. rewrite F_inside, psi_phi; auto. apply phi_inside. Qed.

Local Lemma iter_F_phi n x : iter n F (phi x) = phi (iter n f x).
Proof. induction n; simpl; auto. rewrite IHn. apply F_phi. Qed.

Lemma compactified_selfmap : selfmap F (-1) 1.
Proof.
  intros y Hy. unfold compactified. destruct (Rlt_dec y 1); [destruct (Rlt_dec (-1) y)|]; auto.
  pose proof (phi_inside (f (psi y))). lra.
Qed.

Lemma compactified_cont : cont_on F (-1) 1.
Proof.
  intros y Hy e He.
  destruct (Req_dec y 1) as [->|Hy1]; [|destruct (Req_dec y (-1)) as [->|Hy2]].
  - destruct (HlimP e He) as [A [HA Hc]]. pose proof (phi_inside A) as HphA.
    exists (1 - phi A). split; [lra|]. intros t Ht Htd. rewrite compactified_right. apply Rabs_def2 in Htd.
    destruct (Req_dec t 1) as [->|Ht1]; [rewrite compactified_right, Rminus_eq_0, Rabs_R0; auto|].
    rewrite F_inside by lra. apply Hc, psi_far; lra.
  - destruct (HlimM e He) as [A [HA Hc]]. pose proof (phi_inside A) as HphA.
    exists (1 - phi A). split; [lra|]. intros t Ht Htd. rewrite compactified_left. apply Rabs_def2 in Htd.
    destruct (Req_dec t (-1)) as [->|Ht1]; [rewrite compactified_left, Rminus_eq_0, Rabs_R0; auto|].
    rewrite F_inside by lra. apply Hc. rewrite <- (Ropp_involutive t), psi_opp.
    apply Ropp_le_contravar, psi_far; lra.
  - assert (Hc : continuity_pt (fun t => phi (f (psi t))) y).
    { apply (continuity_pt_comp psi (fun u => phi (f u))); [apply psi_cont; lra|].
      apply (cont_comp f phi); auto. apply phi_cont. }
    destruct (cont_near _ y e Hc He) as [d [Hd Hn]].
    exists (Rmin d (Rmin (1 - y) (y + 1))). split; [repeat apply Rmin_pos; lra|]. intros t _ Ht.
    pose proof (Rmin_l d (Rmin (1 - y) (y + 1))). pose proof (Rmin_r d (Rmin (1 - y) (y + 1))).
    pose proof (Rmin_l (1 - y) (y + 1)). pose proof (Rmin_r (1 - y) (y + 1)).
    assert (Rabs (t - y) < d) by lra. apply Rabs_def2 in Ht.
    rewrite !F_inside by lra. auto.
Qed.

(* ---- Fixed points of iterates of F: those of f, and possibly -1 and 1 ---- *)

Local Lemma iter_F_inside n y : -1 < y < 1 -> -1 < iter n F y < 1.
Proof.
  intro Hy. rewrite <- (phi_psi y Hy), iter_F_phi. apply phi_inside.
Qed.

(* A periodic end is fixed, or exchanged with the other end. *)
Local Lemma end_good y y' m : (y = 1 /\ y' = -1) \/ (y = -1 /\ y' = 1) -> (0 < m)%nat ->
  (F 1 = -1 -> F (-1) = 1 -> Nat.Even m) -> iter (2 * m) F y = y -> iter m F y = y.
Proof.
  intros Hy Hm Hswap E.
  assert (Out : forall n z, -1 < z < 1 -> iter n F z <> y)
    by (intros n z Hz; pose proof (iter_F_inside n z Hz); lra).
  assert (HF : forall z, -1 <= z <= 1 -> F z = y \/ F z = y' \/ -1 < F z < 1).
  { intros z Hz. pose proof (compactified_selfmap z Hz). lra. }
  destruct m as [|m]; [lia|]. replace (2 * S m)%nat with (S (S (2 * m))) in E by lia.
  destruct (HF y ltac:(lra)) as [Ey|[Ey|Ey]].
  - apply iter_fix; auto.
  - destruct (HF y' ltac:(lra)) as [Ey'|[Ey'|Ey']].
    + assert (Hev : Nat.Even (S m)) by (destruct Hy as [[-> ->] | [-> ->]]; auto).
      destruct Hev as [k ->]. rewrite Nat.mul_comm. apply periodic_mult. simpl. congruence.
    + rewrite iter_S, Ey, iter_fix in E by auto. lra.
    + exfalso. rewrite iter_S, Ey, iter_S in E. apply (Out _ _ Ey' E).
  - exfalso. rewrite iter_S in E. apply (Out _ _ Ey E).
Qed.

Theorem order_compactified m : (0 < m)%nat -> (F 1 = -1 -> F (-1) = 1 -> Nat.Even m) ->
  (forall x, iter (2 * m) f x = x -> iter m f x = x) -> ordered F (-1) 1 m.
Proof.
  intros Hm Hswap Hgood. apply order_certificate; auto using compactified_cont, compactified_selfmap.
  intros y Hy E. destruct (Req_dec y 1) as [->|Hy1]; [|destruct (Req_dec y (-1)) as [->|Hy2]].
  - apply (end_good 1 (-1)); auto.
  - apply (end_good (-1) 1); auto.
  - assert (Hin : -1 < y < 1) by lra. rewrite <- (phi_psi y Hin), iter_F_phi in *.
    rewrite Hgood; auto. apply phi_inj, E.
Qed.

(* Back on the line: an orbit is asymptotic to a cycle, or it tends to infinity. *)
Theorem orbits_of_f m x : (0 < m)%nat -> ordered F (-1) 1 m ->
  (exists p d, least_period f d p /\ Nat.divide d m /\ asymptotic f x p) \/
    cv_infty (fun n => Rabs (iter n f x)).
Proof.
  intros Hm [HO _]. pose proof (phi_inside x) as Hx.
  destruct (HO (phi x) ltac:(lra)) as (p & d & Hp & Lp & Hd & HA). rewrite asymptotic_eps in HA.
  assert (Hpm : iter m F p = p) by (destruct Hd as [k ->]; apply periodic_mult, Lp).
  assert (Hcyc : forall n, -1 <= iter n F p <= 1)
    by (intro n; apply selfmap_iter; auto using compactified_selfmap).
  destruct (Req_dec (Rabs p) 1) as [Hp1|Hp1].
  - (* an orbit of ends *)
    right. apply phi_escape. intros e He. destruct (HA e He) as [N HN]. exists N. intros n Hn.
    specialize (HN n Hn). rewrite iter_F_phi in HN.
    assert (Rabs (iter n F p) = 1).
    { destruct (Req_dec (Rabs (iter n F p)) 1) as [|Hne]; auto. exfalso.
      assert (Hin : -1 < iter n F p < 1).
      { specialize (Hcyc n). unfold Rabs in Hne. destruct (Rcase_abs (iter n F p)); lra. }
      pose proof (iter_F_inside (n * m - n) _ Hin) as Hin'. rewrite <- iter_add in Hin'.
      replace (n * m - n + n)%nat with (n * m)%nat in Hin' by nia.
      rewrite (periodic_mult F m p Hpm) in Hin'. unfold Rabs in Hp1. destruct (Rcase_abs p); lra. }
    pose proof (Rabs_triang_inv (iter n F p) (phi (iter n f x))) as T. rewrite Rabs_minus_sym in T. lra.
  - (* a cycle of f *)
    left. assert (Hin : -1 < p < 1) by (unfold Rabs in Hp1; destruct (Rcase_abs p); lra).
    rewrite <- (phi_psi p Hin) in Hpm. rewrite iter_F_phi in Hpm. apply phi_inj in Hpm.
    destruct (least_period_exists f m (psi p) Hm Hpm) as [d' [Ld Hd']].
    exists (psi p), d'. split; [auto|]. split; [auto|]. apply asymptotic_of_iterate with (m := m); auto.
    intros e He. destruct (cont_near psi p e (psi_cont p Hin) He) as [r [Hr Hc]].
    destruct (HA r Hr) as [N HN]. exists N. intros n Hn. unfold R_dist.
    rewrite <- (psi_phi (iter n (iter m f) x)). apply Hc. rewrite iter_iter, <- iter_F_phi.
    specialize (HN (n * m)%nat ltac:(nia)). rewrite (periodic_mult F m p) in HN; auto.
    destruct Hd as [k ->]. apply periodic_mult, Lp.
Qed.

Theorem periods_of_f m d x : ordered F (-1) 1 m -> least_period f d x -> Nat.divide d m.
Proof.
  intros [_ [HP' _]] [Hd [E Hmin]]. pose proof (phi_inside x) as Hx. apply (HP' (phi x) d); [lra|].
  split; [auto|]. rewrite iter_F_phi, E. split; auto.
  intros k Hk Ek. rewrite iter_F_phi in Ek. apply (Hmin k Hk), phi_inj, Ek.
Qed.
End Extension.
