(* Chaos gives positive entropy, with a number (Bowen and Franks 1976; Misiurewicz 1979).

   A turbulent map g has two parts of an interval that it maps over the interval: entropy at least ln 2.  An
   odd return makes g or g^2 turbulent, so for g = f^k the entropy of f is at least (ln 2) / (2 k).  For the
   inequality of Li and Yorke itself the two intervals of the orbit give the golden mean, which is attained
   (knots 0 -> 1/2 -> 1 -> 0). *)

From Coq Require Import Reals Lra Lia List.
From Certify Require Import Dynamics Iterates Continuity Covering Turbulence OddChaos Completeness.
From Certify Require Import Parts Entropy CoveringGraph.
Import ListNotations.
Local Open Scope R_scope.

Lemma turb_entropy g lo hi : continuity g -> turb g lo hi -> entropy_ge_ln g lo hi 2.
Proof.
  intros Hg T.
  assert (Two : forall a c b, lo <= a -> a < c -> c < b -> b <= hi -> covers g a c a b -> covers g c b a b ->
    entropy_ge_ln g lo hi 2).
  { intros a c b Hlo Hac Hcb Hhi Hleft Hright.
    pose (rows := fun _ : nat => [(a, c, 0%nat); (c, b, 0%nat)]).
    apply (graph_entropy g lo hi 2 1 (fun _ => a) (fun _ => b) (fun _ => 1) rows); auto; try (intros; lra).
    - intros i _. simpl. unfold left, right. simpl. lra.
    - intros i e _ [<-|[<-|[]]]; unfold label, left, right; simpl; auto.
    - intros i _. simpl. lra. }
  destruct T as [T|T]; destruct T as (a & c & b & Hlo & Hac & Hcb & Hhi & H1 & H2 & H3); apply (Two a c b);
    auto.
  - apply (covers_ends g a c a b a c); auto; lra.
  - apply (covers_ends g c b a b b c); auto; lra.
  - apply (covers_ends g a c a b c a); auto; lra.
  - apply (covers_ends g c b a b c b); auto; lra.
Qed.

Lemma root_of_two m : exists lam, 1 < lam /\ lam ^ m <= 2.
Proof.
  assert (Hbound : forall x n, 0 <= x <= 1 -> (1 + x) ^ n <= 1 + (2 ^ n - 1) * x).
  { intros x n Hx. induction n as [|n IH]; simpl; [lra|]. pose proof (pow_R1_Rle 2 n ltac:(lra)) as H2n.
    apply (Rle_trans _ ((1 + x) * (1 + (2 ^ n - 1) * x))); [apply Rmult_le_compat_l; lra|].
    assert (Hsq : (2 ^ n - 1) * (x * x) <= (2 ^ n - 1) * x) by (apply Rmult_le_compat_l; nra). lra. }
  pose proof (pow_R1_Rle 2 m ltac:(lra)) as H2m. exists (1 + / 2 ^ m).
  assert (Hpos : 0 < / 2 ^ m) by (apply Rinv_0_lt_compat; lra).
  assert (Hle : / 2 ^ m <= 1) by (rewrite <- Rinv_1; apply Rinv_le_contravar; lra).
  split; [lra|]. specialize (Hbound (/ 2 ^ m) m ltac:(lra)).
  rewrite Rmult_minus_distr_r, Rinv_r in Hbound by lra. lra.
Qed.

Section Interval.
Variables (f : R -> R) (lo hi : R).
Hypothesis Hcont : cont_on f lo hi.
Hypothesis Hself : selfmap f lo hi.

Let F := ext f lo hi.

Lemma F_id x : lo <= x <= hi -> F x = f x.
Proof. apply ext_id. Qed.

(* h(f) >= (ln 2) / (2 k) *)
Theorem odd_return_entropy k x n lam : (0 < k)%nat -> Nat.Odd n -> lo <= x <= hi ->
  (iter (n * k) f x <= x < iter k f x) \/ (iter k f x < x <= iter (n * k) f x) ->
  1 <= lam -> lam ^ (2 * k) <= 2 -> entropy_ge_ln f lo hi lam.
Proof.
  intros Hk Hodd Hx Hreturn Hlam Hroot. apply entropy_ext; [exact Hself|]. fold F.
  assert (HF : continuity F) by (apply ext_cont; [lra|exact Hcont]).
  assert (HFself : selfmap F lo hi) by (intros u Hu; rewrite F_id by exact Hu; apply Hself, Hu).
  assert (Horbit : forall m, iter m F x = iter m f x) by (intro m; apply ext_iter; assumption).
  rewrite <- !Horbit, <- (iter_iter F k n x) in Hreturn.
  destruct (odd_turb (iter k F) x lo hi n (iter_cont F k HF) Hodd) as [T|T].
  - intros i _. rewrite iter_iter. apply selfmap_iter; assumption.
  - exact Hreturn.
  - apply (entropy_iter_selfmap F k lo hi); [exact Hk|exact HFself|].
    apply (entropy_weaken _ _ _ 2); [|apply turb_entropy; [apply iter_cont, HF|exact T]].
    apply (Rle_trans _ (lam ^ (2 * k))); [apply Rle_pow; [exact Hlam|lia]|exact Hroot].
  - apply (entropy_iter_selfmap F (2 * k) lo hi); [lia|exact HFself|].
    apply (entropy_weaken _ _ _ 2); [exact Hroot|]. apply (entropy_agree (iter 2 (iter k F))).
    + apply selfmap_iter, selfmap_iter, HFself.
    + intros u _. rewrite iter_iter. reflexivity.
    + apply turb_entropy; [apply iter_cont, iter_cont, HF|exact T].
Qed.

(* The converse is Misiurewicz's theorem. *)
Theorem chaotic_entropy : chaotic f lo hi -> positive_entropy f lo hi.
Proof.
  intro H. apply (chaotic_iff f lo hi Hcont Hself) in H as (j & num & den & Hx & Hly).
  set (x := IZR num / IZR (Zpos den)) in *. destruct (root_of_two (2 * 2 ^ j)) as (lam & Hlam & Hroot).
  exists lam. split; [exact Hlam|].
  apply (odd_return_entropy (2 ^ j) x 3); [apply pow2_pos| |exact Hx| |lra|exact Hroot].
  - exists 1%nat. reflexivity.
  - rewrite <- (iter_iter f (2 ^ j) 3 x). unfold ly_strict in Hly. simpl. lra.
Qed.

(* The inequality of Li and Yorke gives the golden mean. *)
Theorem li_yorke_entropy x : lo <= x <= hi -> f (f (f x)) <= x < f x -> f x < f (f x) ->
  entropy_ge_ln f lo hi ((1 + sqrt 5) / 2).
Proof.
  intros Hx Hreturn Hup. apply entropy_ext; [exact Hself|]. fold F.
  assert (HF : continuity F) by (apply ext_cont; [lra|exact Hcont]).
  set (y := f x) in *. set (z := f y) in *.
  assert (Hy : lo <= y <= hi) by (apply Hself, Hx). assert (Hz : lo <= z <= hi) by (apply Hself, Hy).
  pose proof (F_id x Hx) as Ex. pose proof (F_id y Hy) as Ey. pose proof (F_id z Hz) as Ez.
  fold y in Ex. fold z in Ey.
  destruct (IVT_down F y z y HF) as (d & Hd & Ed); [lra|lra|].
  set (phi := (1 + sqrt 5) / 2).
  assert (Hsqrt : 1 < sqrt 5) by (rewrite <- sqrt_1; apply sqrt_lt_1; lra).
  assert (Hphi : phi * phi = phi + 1).
  { assert (Hsq : sqrt 5 * sqrt 5 = 5) by (apply sqrt_sqrt; lra). unfold phi. nra. }
  (* interval 0 is [x, y], mapped over interval 1; interval 1 is [y, z], with parts [y, d] over itself and
     [d, z] over 0 *)
  pose (a := fun i => match i with O => x | _ => y end).
  pose (b := fun i => match i with O => y | _ => z end).
  pose (v := fun i => match i with O => 1 | _ => phi end).
  pose (rows := fun i => match i with O => [(x, y, 1%nat)] | _ => [(y, d, 1%nat); (d, z, 0%nat)] end).
  apply (graph_entropy F lo hi phi 2 a b v rows HF); try lia.
  - intros [|i] _; simpl; lra.
  - intros [|i] _; simpl; unfold left, right; simpl; lra.
  - intros [|i] e _ He; simpl in He.
    + destruct He as [<-|[]]. unfold label, left, right; simpl. split; [lia|].
      apply (covers_ends F x y y z x y HF); lra.
    + destruct He as [<-|[<-|[]]]; unfold label, left, right; simpl; (split; [lia|]).
      * apply (covers_ends F y d y z d y HF); lra.
      * apply (covers_ends F d z x y z d HF); lra.
  - intros [|i] _; simpl; unfold phi; lra.
  - unfold phi; lra.
  - intros [|i] _; unfold v, rows, total; simpl; unfold label; simpl; lra.
Qed.
End Interval.
