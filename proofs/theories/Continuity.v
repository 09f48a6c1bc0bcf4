(* Continuous functions of one real variable: what is needed beyond the standard library.

   Strict inequalities persist nearby; the intermediate value theorem with a point of crossing; the first
   point where a level is reached; and the extension of a map that is continuous on [lo, hi] only to all of
   R, by clamping the argument. *)

From Coq Require Import Reals Lra.
From Certify Require Import Dynamics Iterates.
Local Open Scope R_scope.

(* ---- Building continuous functions ---- *)

Lemma cont_id : continuity (fun x => x).
Proof. change (continuity id). apply derivable_continuous, derivable_id. Qed.

Lemma cont_comp f g : continuity f -> continuity g -> continuity (fun x => g (f x)).
Proof. intros Hf Hg. apply (continuity_comp f g); auto. Qed.

Lemma cont_opp g : continuity g -> continuity (fun x => - g x).
Proof. intro H; apply (continuity_opp _ H). Qed.

Lemma cont_minus f g : continuity f -> continuity g -> continuity (fun x => f x - g x).
Proof. intros Hf Hg; apply (continuity_minus f g); auto. Qed.

Lemma cont_minus_const g c : continuity g -> continuity (fun x => g x - c).
Proof. intro H. apply (cont_minus g (fun _ => c)); auto. apply continuity_const; intros u v; reflexivity. Qed.

Lemma cont_minus_id g : continuity g -> continuity (fun x => g x - x).
Proof. intro H. apply (cont_minus g (fun x => x)); auto. apply cont_id. Qed.

Lemma cont_reflect g : continuity g -> continuity (fun x => g (- x)).
Proof. intro H. apply (cont_comp (fun x => - x) g); auto. apply cont_opp, cont_id. Qed.

Lemma iter_cont f n : continuity f -> continuity (iter n f).
Proof.
  intro H; induction n; simpl.
  - apply cont_id.
  - apply (cont_comp (iter n f) f); auto.
Qed.

(* ---- Strict inequalities persist nearby ---- *)

Lemma cont_near g x eps : continuity_pt g x -> 0 < eps ->
  exists d, 0 < d /\ forall t, Rabs (t - x) < d -> Rabs (g t - g x) < eps.
Proof.
  intros Hg He. destruct (Hg eps He) as [d [Hd Hc]]. exists d; split; auto. intros t Ht.
  destruct (Req_dec x t) as [->|Hne].
  - rewrite Rminus_eq_0, Rabs_R0; auto.
  - apply Hc; split; [split; [exact I|exact Hne]|exact Ht].
Qed.

Lemma cont_lt g x y : continuity g -> g x < y ->
  exists d, 0 < d /\ forall t, Rabs (t - x) < d -> g t < y.
Proof.
  intros Hg H. destruct (cont_near g x (y - g x) (Hg x) ltac:(lra)) as [d [Hd Hc]].
  exists d; split; auto. intros t Ht; specialize (Hc t Ht). apply Rabs_def2 in Hc; lra.
Qed.

Lemma cont_gt g x y : continuity g -> y < g x ->
  exists d, 0 < d /\ forall t, Rabs (t - x) < d -> y < g t.
Proof.
  intros Hg H. destruct (cont_near g x (g x - y) (Hg x) ltac:(lra)) as [d [Hd Hc]].
  exists d; split; auto. intros t Ht; specialize (Hc t Ht). apply Rabs_def2 in Hc; lra.
Qed.

Lemma continuity_on f lo hi : continuity f -> cont_on f lo hi.
Proof.
  intros H x _ e He. destruct (cont_near f x e (H x) He) as [d [Hd Hc]]. exists d; split; auto.
Qed.

(* ---- Intermediate values ---- *)

Lemma IVT_up g u v y : continuity g -> u <= v -> g u <= y <= g v -> { z | u <= z <= v /\ g z = y }.
Proof.
  intros Hg Huv Hy.
  destruct (IVT_cor (fun x => g x - y) u v (cont_minus_const _ _ Hg) Huv ltac:(nra)) as [z [Hz E]].
  exists z; split; auto; lra.
Qed.

Lemma IVT_down g u v y : continuity g -> u <= v -> g v <= y <= g u -> { z | u <= z <= v /\ g z = y }.
Proof.
  intros Hg Huv Hy.
  destruct (IVT_cor (fun x => g x - y) u v (cont_minus_const _ _ Hg) Huv ltac:(nra)) as [z [Hz E]].
  exists z; split; auto; lra.
Qed.

(* From below the level y at s to y or more at t: the first point where g reaches y. *)
Lemma first_cross g s t y : continuity g -> s < t -> g s < y -> y <= g t ->
  exists z, s < z <= t /\ g z = y /\ forall x, s <= x < z -> g x < y.
Proof.
  intros Hg Hst Hs Ht.
  set (E := fun x => s <= x <= t /\ forall u, s <= u <= x -> g u < y).
  assert (Es : E s) by (split; [lra|]; intros u Hu; replace u with s by lra; exact Hs).
  destruct (completeness E) as [z [Hub Hlub]].
  { exists t; intros x [Hx _]; lra. }
  { exists s; exact Es. }
  assert (Hsz : s <= z) by (apply Hub, Es).
  assert (Hzt : z <= t) by (apply Hlub; intros x [Hx _]; lra).
  assert (Hbelow : forall x, s <= x < z -> g x < y).
  { intros x Hx. destruct (Rlt_le_dec (g x) y) as [h|h]; auto. exfalso.
    assert (z <= x); [|lra]. apply Hlub. intros e [He1 He2].
    destruct (Rle_lt_dec e x) as [h'|h']; auto. specialize (He2 x ltac:(lra)); lra. }
  assert (Hge : y <= g z).
  { destruct (Rle_lt_dec y (g z)) as [h|h]; auto. exfalso.
    destruct (cont_lt g z y Hg h) as [d [Hd Hc]].
    assert (Hz' : z < t) by (destruct (Req_dec z t) as [->|]; lra).
    assert (Hw : exists w, z < w <= t /\ w <= z + d / 2).
    { exists (Rmin t (z + d / 2)). unfold Rmin; destruct (Rle_dec t (z + d / 2)); lra. }
    destruct Hw as [w Hw]. assert (Ew : E w).
    { split; [lra|]. intros u Hu. destruct (Rlt_le_dec u z).
      - apply Hbelow; lra.
      - apply Hc, Rabs_def1; lra. }
    specialize (Hub w Ew); lra. }
  assert (Hz' : s < z) by (destruct (Req_dec s z) as [<-|]; lra).
  assert (Hle : g z <= y).
  { destruct (Rle_lt_dec (g z) y) as [h|h]; auto. exfalso.
    destruct (cont_gt g z y Hg h) as [d [Hd Hc]].
    assert (Hw : exists w, s <= w < z /\ z - d / 2 <= w).
    { exists (Rmax s (z - d / 2)). unfold Rmax; destruct (Rle_dec s (z - d / 2)); lra. }
    destruct Hw as [w Hw]. specialize (Hbelow w ltac:(lra)).
    specialize (Hc w ltac:(apply Rabs_def1; lra)); lra. }
  exists z; repeat split; auto; lra.
Qed.

(* ---- Maps that are continuous on [lo, hi] only ---- *)

Definition clamp (lo hi x : R) : R := Rmax lo (Rmin hi x).

Lemma clamp_id lo hi x : lo <= x <= hi -> clamp lo hi x = x.
Proof. intro H; unfold clamp, Rmax, Rmin. destruct (Rle_dec hi x); destruct (Rle_dec lo _); lra. Qed.

Lemma clamp_range lo hi x : lo <= hi -> lo <= clamp lo hi x <= hi.
Proof. intro H; unfold clamp, Rmax, Rmin; destruct (Rle_dec hi x); destruct (Rle_dec lo _); lra. Qed.

Lemma clamp_lip lo hi x y : lo <= hi -> Rabs (clamp lo hi x - clamp lo hi y) <= Rabs (x - y).
Proof.
  intro H; unfold clamp, Rmax, Rmin, Rabs.
  destruct (Rle_dec hi x); destruct (Rle_dec hi y); repeat destruct (Rle_dec lo _);
    repeat destruct (Rcase_abs _); lra.
Qed.

(* The extension of f|[lo,hi] to the line. *)
Definition ext (f : R -> R) (lo hi x : R) : R := f (clamp lo hi x).

Lemma ext_cont f lo hi : lo <= hi -> cont_on f lo hi -> continuity (ext f lo hi).
Proof.
  intros Hl H x e He. destruct (H (clamp lo hi x) (clamp_range _ _ _ Hl) e He) as [d [Hd Hc]].
  exists d; split; auto. intros y [_ Hy]. unfold dist in *; simpl in *; unfold R_dist in *.
  apply Hc; [apply clamp_range; auto|]. pose proof (clamp_lip lo hi y x Hl); lra.
Qed.

Lemma ext_id f lo hi x : lo <= x <= hi -> ext f lo hi x = f x.
Proof. intro Hx. unfold ext. rewrite clamp_id; auto. Qed.

Lemma ext_iter f lo hi : selfmap f lo hi ->
  forall n x, lo <= x <= hi -> iter n (ext f lo hi) x = iter n f x.
Proof. intros Hs. apply iter_agree; auto. apply ext_id. Qed.
