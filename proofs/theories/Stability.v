(* Chaos survives small perturbations: a strict inequality between three points of an orbit holds for all maps
   that are uniformly close. *)

From Coq Require Import Reals Lra.
From Certify Require Import Dynamics Iterates OddCertificate Completeness.
Local Open Scope R_scope.

Definition close_on (f g : R -> R) (lo hi delta : R) : Prop :=
  forall x, lo <= x <= hi -> Rabs (g x - f x) <= delta.

(* The n-th iterate at a point depends continuously on the map. *)
Lemma iter_close f lo hi x n : cont_on f lo hi -> selfmap f lo hi -> lo <= x <= hi -> forall eps, 0 < eps ->
  exists delta, 0 < delta /\
    forall g, selfmap g lo hi -> close_on f g lo hi delta -> Rabs (iter n g x - iter n f x) < eps.
Proof.
  intros Hc Hs Hx. induction n as [|n IH]; intros e He.
  - exists 1. split; [lra|]. intros g _ _. simpl. rewrite Rminus_eq_0, Rabs_R0. exact He.
  - destruct (Hc (iter n f x) (selfmap_iter f lo hi Hs n x Hx) (e / 2) ltac:(lra)) as [d [Hd Hnear]].
    destruct (IH d Hd) as [d' [Hd' Hit]].
    exists (Rmin d' (e / 2)). split; [apply Rmin_pos; lra|]. intros g Hgs Hg.
    pose proof (Rmin_l d' (e / 2)). pose proof (Rmin_r d' (e / 2)).
    assert (Hgx : lo <= iter n g x <= hi) by (apply selfmap_iter; auto).
    specialize (Hnear (iter n g x) Hgx). specialize (Hg (iter n g x) Hgx) as Hgf.
    assert (Hgn : Rabs (iter n g x - iter n f x) < d).
    { apply Hit; auto. intros u Hu. specialize (Hg u Hu). lra. }
    simpl. replace (g (iter n g x) - f (iter n f x))
      with ((g (iter n g x) - f (iter n g x)) + (f (iter n g x) - f (iter n f x))) by ring.
    eapply Rle_lt_trans; [apply Rabs_triang|]. specialize (Hnear Hgn). lra.
Qed.

Theorem chaos_stable f lo hi : cont_on f lo hi -> selfmap f lo hi -> chaotic f lo hi ->
  exists delta, 0 < delta /\
    forall g, cont_on g lo hi -> selfmap g lo hi -> close_on f g lo hi delta -> chaotic g lo hi.
Proof.
  intros Hc Hs C. destruct (proj1 (chaotic_iff f lo hi Hc Hs) C) as (j & a & N & Hx & H).
  set (x := IZR a / IZR (Zpos N)) in *.
  (* e: no more than half of either gap of the inequality *)
  assert (Hgap : exists e, 0 < e /\
    ((iter (3 * 2 ^ j) f x + e <= x - e /\ x + e <= iter (2 ^ j) f x - e) \/
     (iter (2 ^ j) f x + e <= x - e /\ x + e <= iter (3 * 2 ^ j) f x - e))).
  { rewrite <- !(iter_iter f (2 ^ j) 3). simpl (iter 3 _ _).
    set (x1 := iter (2 ^ j) f x) in *. set (x3 := iter (2 ^ j) f (iter (2 ^ j) f x1)) in *.
    exists (Rmin (Rabs (x - x3)) (Rabs (x1 - x)) / 2).
    pose proof (Rmin_l (Rabs (x - x3)) (Rabs (x1 - x))). pose proof (Rmin_r (Rabs (x - x3)) (Rabs (x1 - x))).
    assert (0 < Rmin (Rabs (x - x3)) (Rabs (x1 - x))).
    { apply Rmin_pos; apply Rabs_pos_lt; destruct H as [H|H]; fold x1 in H; fold x3 in H; lra. }
    split; [lra|]. destruct H as [H|H]; fold x1 in H; fold x3 in H; [left|right].
    - rewrite (Rabs_right (x - x3)), (Rabs_right (x1 - x)) in * by lra. lra.
    - rewrite (Rabs_left (x - x3)), (Rabs_left (x1 - x)) in * by lra. lra. }
  destruct Hgap as [e [He Hgap]].
  destruct (iter_close f lo hi x (2 ^ j) Hc Hs Hx e He) as [d1 [Hd1 H1]].
  destruct (iter_close f lo hi x (3 * 2 ^ j) Hc Hs Hx e He) as [d3 [Hd3 H3]].
  exists (Rmin d1 d3). split; [apply Rmin_pos; auto|]. intros g Hgc Hgs Hg.
  pose proof (Rmin_l d1 d3). pose proof (Rmin_r d1 d3).
  specialize (H1 g Hgs ltac:(intros u Hu; specialize (Hg u Hu); lra)).
  specialize (H3 g Hgs ltac:(intros u Hu; specialize (Hg u Hu); lra)).
  apply (odd_chaos_interval g lo hi Hgc Hgs j x 3 Hx); [exists 1%nat; reflexivity|].
  apply Rabs_def2 in H1, H3. lra.
Qed.
